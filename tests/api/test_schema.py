"""The description of the API holds: whatever is asked by it gets an answer it describes."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.factories.applications import ApplicationFactory
from tests.factories.catalog import OpeningFactory
from usce.accounts.models import User
from usce.accounts.tokens import make_token
from usce.rest import ApiView
from usce.wsgi import application

pytestmark = pytest.mark.django_db
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.fixture
def same_connection(db: None) -> Iterator[None]:
    """A request by WSGI would close the connection in which the test's rows are."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(amina: User, monkeypatch: pytest.MonkeyPatch) -> str:
    """Something is there to be found, and nobody is told to wait."""
    monkeypatch.setattr(ApiView, "throttle_classes", [])
    OpeningFactory()
    ApplicationFactory(applicant=amina)
    return make_token(amina, "test", actor=amina, now=timezone.now())[1]


def test_everything_asked_is_answered_as_described(same_connection: None, key: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    found: list[Any] = list(schema.get_all_operations())
    operations = [it.ok() for it in found]
    assert len(operations) >= 14
    for operation in operations:
        ask(operation, key)


def ask(operation: Any, key: str) -> None:
    """Twenty requests that the description allows or only just forbids."""

    @settings(
        max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def look(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)

    look()


def test_description_names_every_address(client: Client) -> None:
    text = client.get("/api/schema/").content.decode()
    for path in ("/rotations", "/applications", "/bookings", "/offers", "/openings"):
        assert f"{path}:" in text
