"""Every route of the resolver, for every kind of person, by GET and by POST, against one table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.contracts.world import World, build
from usce.accounts.models import User
from usce.ids import new_public_id

TABLE = Path(settings.BASE_DIR) / "docs" / "permissions.md"
ROLES = (
    *("anonymous", "applicant", "stranger", "owner", "other owner"),
    *("reviewer", "finance", "admin"),
)
METHODS = ("GET", "POST")
# Pages of the library that signs people in (tested with it), and of the development stack.
ELSEWHERE = ("accounts/", "dev/", "^static")


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str


def routes() -> list[Route]:
    return sorted(_walk(get_resolver().url_patterns, "", ""), key=lambda r: r.pattern)


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Route]:
    for entry in patterns:
        place = prefix + str(entry.pattern)
        if place.startswith(ELSEWHERE):
            continue
        if isinstance(entry, URLResolver):
            inner = f"{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, place, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name}", place)


def table() -> dict[tuple[str, str], list[str]]:
    rows = re.findall(r"^\| `(GET|POST)` \| `([\w:-]+)` \|(.+)\|$", TABLE.read_text(), re.MULTILINE)
    return {
        (method, name): [cell.strip() for cell in cells.split("|")] for method, name, cells in rows
    }


def signed_in(user: User | None) -> Client:
    """A client of this person, through the second factor where that is needed."""
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def observed(world: World, method: str, route: Route, role: str) -> str:
    client = signed_in(world.people[role])
    path = world.path_of(route.pattern)
    response = client.get(path) if method == "GET" else client.post(path)
    if response.streaming:
        response.getvalue()  # to the end, as a server does: a file in it is closed there
    if response.status_code == 302 and "/accounts/login" in response["Location"]:
        return "sign in"
    return str(response.status_code)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once for all of them, as `undone` leaves it as it was, and taken back at the end."""
    frame = transaction.atomic()
    frame._from_testcase = True  # type: ignore[attr-defined] # as Django marks a test's own
    with django_db_blocker.unblock(), frame:
        yield build()
        transaction.set_rollback(True)


def test_every_route_stands_in_the_table() -> None:
    wanted = {(method, route.name) for route in routes() for method in METHODS}
    assert set(table()) == wanted


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("route", routes(), ids=lambda r: r.name)
def test_route_answers_as_the_table_says(world: World, route: Route, method: str) -> None:
    expected = dict(zip(ROLES, table()[method, route.name], strict=True))
    assert {role: undone(world, method, route, role) for role in ROLES} == expected


def undone(world: World, method: str, route: Route, role: str) -> str:
    """What the person met, with everything that the request wrote or counted taken back."""
    cache.key_prefix = f"test-{new_public_id()}"
    before = transaction.savepoint()
    met = observed(world, method, route, role)
    transaction.savepoint_rollback(before)
    return met


VERB = re.compile(r"^\| `([\w.]+\.can_\w+)` \|", re.MULTILINE)


def test_every_predicate_stands_in_the_table() -> None:
    found = set()
    for package in ("usce", "payments", "applicants", "rotations"):
        for file in Path(settings.BASE_DIR, package).rglob("*.py"):
            slice_name = file.parent.name
            names = re.findall(r"^def (can_\w+)", file.read_text(), re.MULTILINE)
            found |= {f"{slice_name}.{name}" for name in names}
    assert set(VERB.findall(TABLE.read_text())) == found
