import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.cases.actions import claim_case, open_case
from usce.cases.models import Case
from usce.permissions import SYSTEM


def cases(count: int) -> list[Case]:
    now = timezone.now()
    return [
        open_case(
            "applications.review", application, title=application.reference, queue="reviewer",
            due_at=now + dt.timedelta(days=1), actor=SYSTEM, now=now,
        )
        for application in ApplicationFactory.create_batch(count)
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "queries"), [(0, 4), (1, 5), (3, 5)])
def test_queue_takes_the_same_queries_for_any_number(
    chen: User, count: int, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        opened, client = cases(count), client_of(chen)
        client.get("/staff/")
        clock.shift(5)  # within a minute the session is not touched again
        with django_assert_num_queries(queries):
            page = client.get("/staff/").content.decode()
    assert [page.count(f">{case.title}</a>") for case in opened] == [1] * count


def test_taking_a_case_leads_to_its_work(chen: User) -> None:
    (case,) = cases(1)
    application = ApplicationFactory._meta.model.objects.get(pk=case.subject_id)
    response = client_of(chen).post(f"/staff/cases/{case.public_id}/claim")
    assert response["Location"] == f"/staff/applications/{application.public_id}"
    case.refresh_from_db()
    assert case.owner == chen


def test_case_of_another_kind_of_thing_leads_back_to_the_queue(chen: User, amina: User) -> None:
    now = timezone.now()
    case = open_case(
        "accounts.review", amina, title="Name", queue="reviewer", due_at=now, actor=SYSTEM, now=now
    )
    client = client_of(chen)
    assert "Name" in client.get("/staff/").content.decode()
    assert client.post(f"/staff/cases/{case.public_id}/claim")["Location"] == "/staff/"


def test_case_that_is_taken_says_so(chen: User) -> None:
    (case,) = cases(1)
    claim_case(case, actor=UserFactory(staff_roles=["reviewer"]), now=timezone.now())
    response = client_of(chen).post(f"/staff/cases/{case.public_id}/claim")
    assert response.status_code == 409
    assert "Somebody else has taken this case in the meantime." in response.content.decode()


def test_case_of_another_queue_is_not_there(fay: User) -> None:
    (case,) = cases(1)
    assert client_of(fay).post(f"/staff/cases/{case.public_id}/claim").status_code == 404
