"""The pages of staff and of messages take the same queries for any number of rows."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories.accounts import UserFactory
from tests.factories.providers import ProviderFactory, SiteFactory
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.actions import record, record_access
from usce.jobs.models import Job
from usce.notifications.models import Mail
from usce.notifications.states import MailState

AT = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(db: None) -> User:
    return UserFactory(email="ada@example.test", staff_roles=["admin"])


def jobs(count: int) -> None:
    for number in range(count):
        Job.objects.create(name=f"t.row{number}", run_after=AT, created_at=AT)


def mails(count: int, recipient: User | None = None) -> None:
    for number in range(count):
        Mail.objects.create(
            event="payments.refund_started", recipient=recipient or UserFactory(),
            address=f"row{number}@example.test", state=MailState.SENT, created_at=AT,
            facts={"amount_cents": 1, "purpose": "t", "reason": f"row{number}", "path": "/home"},
            unique_key=f"row{number}",
        )  # fmt: skip


def entries(count: int) -> None:
    for number in range(count):
        record(f"t.row{number}", UserFactory(), actor=UserFactory(), now=AT, changes={})


def people(count: int) -> None:
    for number in range(count):
        UserFactory(full_name=f"row{number}")


def places(count: int) -> None:
    for number in range(count):
        SiteFactory(provider=ProviderFactory(name=f"row{number}"))


def settled(user: User, path: str, clock: time_machine.Traveller) -> Client:
    client = client_of(user)
    client.get(path)
    clock.shift(5)  # within a minute the session is not touched again
    return client


@pytest.mark.parametrize(
    ("path", "rows", "queries", "count"),
    [
        *(("/staff/jobs", jobs, 7, count) for count in (0, 1, 3)),
        *(("/staff/mails", mails, 4, count) for count in (0, 1, 3)),
        ("/staff/audit", entries, 4, 0),
        *(("/staff/audit", entries, 5, count) for count in (1, 3)),
        ("/staff/people?q=person", people, 4, 0),
        *(("/staff/people?q=row", people, 4, count) for count in (1, 3)),
        ("/staff/places", places, 5, 0),
        *(("/staff/places", places, 6, count) for count in (1, 3)),
    ],
)
def test_staff_page(
    ada: User, path: str, rows: Callable[[int], None], queries: int, count: int,
    clock: time_machine.Traveller, django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    rows(count)
    client = settled(ada, path, clock)
    with django_assert_num_queries(queries):
        page = client.get(path).content.decode()
    assert [f"row{number}" in page for number in range(4)] == [n < count for n in range(4)]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_messages(
    amina: User, count: int, clock: time_machine.Traveller,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    mails(count, amina)
    client = settled(amina, "/messages", clock)
    with django_assert_num_queries(6):
        page = client.get("/messages").content.decode()
    assert page.count('href="/messages/') == count


@pytest.mark.parametrize("count", [0, 1, 3])
def test_access(
    amina: User, count: int, clock: time_machine.Traveller,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(count):
        viewer = UserFactory(full_name=f"Reader {number}")
        record_access("CV opened", amina, viewer=viewer, subject=amina, now=AT)
    client = settled(amina, "/access", clock)
    with django_assert_num_queries(6 if count else 5):
        page = client.get("/access").content.decode()
    assert [f"Reader {n}" in page for n in range(4)] == [n < count for n in range(4)]


@pytest.mark.parametrize("path", ["/staff/jobs", "/staff/mails", "/staff/audit"])
def test_page_of_the_house_is_closed_to_reviewers(chen: User, path: str) -> None:
    assert client_of(chen).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/staff/", "/staff/jobs", "/staff/mails", "/staff/audit"])
def test_page_of_staff_is_closed_to_others(amina: User, path: str) -> None:
    assert client_of(amina).get(path).status_code == 403
