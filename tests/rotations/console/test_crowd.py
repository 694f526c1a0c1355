"""Ten thousand applicants at one provider: each page still reads only what it shows."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.catalog.models import Opening
from rotations.providers.models import Provider
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.visits import client_of
from usce.accounts.models import User

pytestmark = pytest.mark.django_db
MANY = 10_000


@pytest.fixture
def crowd(provider: Provider, now: dt.datetime) -> Opening:
    """Every second one waits for an answer, the others were declined."""
    opening: Opening = OpeningFactory(rotation=RotationFactory(provider=provider))
    people = User.objects.bulk_create(
        User(email=f"person{n}@example.test", full_name=f"Person {n:05}") for n in range(MANY)
    )
    Application.objects.bulk_create(
        Application(
            reference=f"C-{n}",
            applicant=person,
            rotation=opening.rotation,
            opening=opening,
            state=ApplicationState.DECLINED if n % 2 else ApplicationState.FORWARDED,
            created_at=now,
            forwarded_at=now,
            answer_due_at=now + dt.timedelta(days=10),
        )
        for n, person in enumerate(people)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE applications_application")
        cursor.execute("ANALYZE accounts_user")
    return opening


def test_pages_before_a_crowd(
    crowd: Opening, bruno: User, django_assert_max_num_queries: Any
) -> None:
    client = client_of(bruno)
    _table_shows_the_newest_and_leads_on(client, django_assert_max_num_queries)
    _one_of_them_is_found_by_name_and_by_reference(client)
    _today_shows_those_that_wait_longest(client, django_assert_max_num_queries)


def _table_shows_the_newest_and_leads_on(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        page = client.get("/p/lakeshore/applicants").content.decode()
    assert names(page) == [f"Person {n:05}" for n in range(MANY - 1, MANY - 26, -1)]
    further = re.search(r'rel="next" href="([^"]+)"', page)
    assert further
    second = client.get(f"/p/lakeshore/applicants{further[1]}".replace("&amp;", "&"))
    assert names(second.content.decode())[0] == f"Person {MANY - 26:05}"


def _one_of_them_is_found_by_name_and_by_reference(client: Client) -> None:
    for words in ("Person 04242", "C-4242"):
        page = client.get("/p/lakeshore/applicants", {"q": words}).content.decode()
        assert names(page) == ["Person 04242"]


def _today_shows_those_that_wait_longest(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        page = client.get("/p/lakeshore/").content.decode()
    assert names(page) == [f"Person {n:05}" for n in range(0, 50, 2)]


def names(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"Person \d{5}", page)))
