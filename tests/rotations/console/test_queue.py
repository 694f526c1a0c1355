import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from applicants.documents.models import Document
from rotations.applications.models import Application, Decision
from rotations.applications.states import ApplicationState
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.payments import InvoiceFactory, PaymentFactory
from tests.factories.stories import an_application, an_opening
from tests.factories.visits import client_of
from tests.support.races import at_once
from usce.accounts.models import User
from usce.cases.actions import claim_case, open_case
from usce.cases.models import Case, Queue
from usce.cases.states import CaseState
from usce.permissions import SYSTEM

KIND = "applications.review"


def opened(application: Application, **more: object) -> Case:
    now = timezone.now()
    told = {"due_at": now + dt.timedelta(days=1), **more}
    return open_case(
        KIND, application, title=application.reference, queue="reviewer", actor=SYSTEM, now=now,
        **told,  # type: ignore[arg-type]
    )  # fmt: skip


def cases(count: int) -> list[Case]:
    return [opened(application) for application in ApplicationFactory.create_batch(count)]


def to_decide(count: int) -> list[Application]:
    opening = an_opening(seats=20)
    made = [
        an_application(opening, UserFactory(), ApplicationState.IN_REVIEW) for _n in range(count)
    ]
    for application in made:
        opened(application)
    return made


def money_case(now: dt.datetime) -> Case:
    payment = PaymentFactory(invoice=InvoiceFactory(opened_at=now, due_at=now))
    return open_case(
        "payments.amount_mismatch", payment, title="Another sum", queue=Queue.FINANCE,
        due_at=now, actor=SYSTEM, now=now,
    )  # fmt: skip


@pytest.mark.parametrize(("count", "queries"), [(0, 6), (1, 7), (3, 7)])
def test_queue_takes_the_same_queries_for_any_number(
    chen: User, count: int, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        found, client = cases(count), client_of(chen)
        client.get("/staff/")
        clock.shift(5)  # within a minute the session is not touched again
        with django_assert_num_queries(queries):
            page = client.get("/staff/").content.decode()
    assert [page.count(f">{case.title}</a>") for case in found] == [1] * count


def test_queue_shows_own_first_then_the_oldest_in_pages(chen: User) -> None:
    found = cases(30)
    claim_case(found[29], actor=chen, now=timezone.now())
    client = client_of(chen)
    first = client.get("/staff/").content.decode()
    assert titles(first) == [found[29].title, *(case.title for case in found[:25])]
    further = re.search(r'rel="next" href="([^"]+)"', first)
    assert further is not None
    second = client.get(f"/staff/{further[1]}".replace("&amp;", "&")).content.decode()
    assert titles(second) == [case.title for case in found[25:29]]


def titles(page: str) -> list[str]:
    return re.findall(r"data-row>([^<]+)</a>", page)


@pytest.mark.parametrize("cursor", ["nonsense", "%00", "WzEsMl0:1:x"])
def test_bad_cursor_or_type_shows_the_beginning(chen: User, cursor: str) -> None:
    found = cases(1)
    page = client_of(chen).get(f"/staff/?after={cursor}&type=%00").content.decode()
    assert titles(page) == [found[0].title]
    assert client_of(chen).get(f"/staff/?type={cursor}").status_code == 200
    assert client_of(chen).get(f"/staff/next?type=%00&after={cursor}").status_code == 302


def test_queue_of_ten_thousand_is_read_by_its_index(chen: User) -> None:
    now = timezone.now()
    Case.objects.bulk_create(
        Case(
            kind=KIND, title=f"C-{n}", queue="reviewer", subject_type="t", subject_id=n,
            due_at=now, opened_at=now + dt.timedelta(seconds=n),
        )
        for n in range(10_000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
        cursor.execute(
            "EXPLAIN SELECT id FROM cases_case WHERE queue IN ('reviewer', 'verifier')"
            " AND state IN ('open', 'waiting') AND opened_at >= %s"
            " ORDER BY opened_at, id LIMIT 26",
            [now + dt.timedelta(seconds=5000)],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_oldest" in plan
    assert "Sort" not in plan
    page = client_of(chen).get("/staff/").content.decode()
    assert titles(page) == [f"C-{n}" for n in range(25)]


def test_late_is_said_in_words(chen: User) -> None:
    (application,) = to_decide(1)
    Case.objects.update(due_at=timezone.now() - dt.timedelta(hours=3, minutes=5))
    client = client_of(chen)
    assert "by 3 hours" in client.get("/staff/").content.decode()
    page = client.get(f"/staff/applications/{application.public_id}").content.decode()
    assert "By 3 hours; it was due" in page


def test_queue_is_filtered_by_type(chen: User, now: dt.datetime) -> None:
    chen.staff_roles = ["admin"]
    chen.save()
    (review,), money = cases(1), money_case(now)
    client = client_of(chen)
    assert titles(client.get("/staff/").content.decode()) == [money.title, review.title]
    page = client.get("/staff/?type=payments.amount_mismatch").content.decode()
    assert titles(page) == [money.title]
    assert "Charge of another sum" in page
    empty = client.get("/staff/?type=catalog.listing_review").content.decode()
    assert "Nothing waits of this type." in empty


def test_taking_a_case_leads_to_its_work(chen: User) -> None:
    (application,) = to_decide(1)
    case = Case.objects.get()
    response = client_of(chen).post(f"/staff/cases/{case.public_id}/claim?type={KIND}", follow=True)
    assert response.redirect_chain[-1][0] == (
        f"/staff/applications/{application.public_id}?type={KIND}"
    )
    assert "Yours." in response.content.decode()


def test_given_back_case_is_everybodys(chen: User) -> None:
    (case,) = cases(1)
    claim_case(case, actor=chen, now=timezone.now())
    response = client_of(chen).post(f"/staff/cases/{case.public_id}/release", follow=True)
    assert "is in the queue again for everybody" in response.content.decode()
    case.refresh_from_db()
    assert case.owner is None


def test_case_that_is_taken_says_so(chen: User) -> None:
    (case,) = cases(1)
    claim_case(case, actor=UserFactory(staff_roles=["reviewer"]), now=timezone.now())
    for verb in ("claim", "release"):
        response = client_of(chen).post(f"/staff/cases/{case.public_id}/{verb}")
        assert response.status_code == 409
        assert "Somebody else has taken this case" in response.content.decode()


@pytest.mark.parametrize("verb", ["claim", "release", "close"])
def test_case_of_another_queue_is_not_there(fay: User, verb: str) -> None:
    (case,) = cases(1)
    assert client_of(fay).post(f"/staff/cases/{case.public_id}/{verb}").status_code == 404
    assert client_of(fay).get(f"/staff/cases/{case.public_id}").status_code == 404


def test_case_without_a_page_of_its_own_is_closed_with_a_note(fay: User, now: dt.datetime) -> None:
    case, client = money_case(now), client_of(fay)
    page = client.get(f"/staff/cases/{case.public_id}").content.decode()
    assert "/invoices/" in page
    address = f"/staff/cases/{case.public_id}/close"
    assert client.post(address, {"note": ""}).status_code == 422
    closed = client.post(address, {"note": "Stripe was told."}, follow=True)
    assert "Another sum: done." in closed.content.decode()
    case.refresh_from_db()
    assert (case.state, case.note) == (CaseState.DECIDED, "Stripe was told.")
    again = client.post(address, {"note": "Twice."})
    assert again.status_code == 409
    assert "Stripe was told." in again.content.decode()


def test_case_of_an_unknown_type_has_a_page(chen: User, amina: User) -> None:
    now = timezone.now()
    case = open_case(
        "accounts.name_review", amina, title="Name", queue="reviewer", due_at=now, actor=SYSTEM,
        now=now,
    )  # fmt: skip
    page = client_of(chen).get(f"/staff/cases/{case.public_id}").content.decode()
    assert "accounts: name review" in page


def test_hostile_title_stays_words(chen: User, amina: User) -> None:
    now, evil = timezone.now(), '<script>alert(1)</script>"{{7*7}}'
    case = open_case(
        "accounts.x", amina, title=evil, queue="reviewer", due_at=now, actor=SYSTEM, now=now
    )
    client = client_of(chen)
    for address in ("/staff/", f"/staff/cases/{case.public_id}"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "{{7*7}}" in page


def decide(client: Client, page: str, **told: str) -> tuple[str, str]:
    """Send the decision from the page; gives where the next page is, and its words."""
    response = client.post(page, told, follow=True)
    return response.redirect_chain[-1][0], response.content.decode()


def test_ten_cases_are_cleared_one_after_another(chen: User) -> None:
    waiting = to_decide(10)
    client = client_of(chen)
    start = client.get(f"/staff/next?type={KIND}", follow=True)
    page = start.redirect_chain[-1][0]
    for number, application in enumerate(waiting):
        assert page == f"/staff/applications/{application.public_id}?type={KIND}"
        choice = ("forward", "change", "decline")[number % 3]
        page, words = decide(client, page, decision=choice, reason="The CV ends in 2019.")
        assert application.reference in words
    assert page == "/staff/"
    assert "Nothing of the type “Application” waits for you." in words
    assert Case.objects.filter(state=CaseState.DECIDED).count() == 10
    assert set(Application.objects.values_list("state", flat=True)) == {
        "forwarded", "changes_requested", "declined",
    }  # fmt: skip


def test_skipped_case_does_not_stand_in_the_way(chen: User) -> None:
    first, second, third = to_decide(3)
    client = client_of(chen)
    page = f"/staff/applications/{second.public_id}"
    page, _words = decide(client, page, decision="forward", reason="")
    assert page == f"/staff/applications/{third.public_id}"
    page, _words = decide(client, page, decision="forward", reason="")
    assert page == f"/staff/applications/{first.public_id}"


def test_case_decided_elsewhere_says_so_and_leads_on(chen: User) -> None:
    (application, other) = to_decide(2)
    dana = UserFactory(staff_roles=["reviewer"])
    page = f"/staff/applications/{application.public_id}"
    decide(client_of(dana), page, decision="forward", reason="")
    response = client_of(chen).post(page, {"decision": "decline", "reason": "Late."})
    assert response.status_code == 409
    words = response.content.decode()
    assert "no longer possible" in words
    assert "Open the next case" in words
    assert other.reference in client_of(chen).get("/staff/next", follow=True).content.decode()


def test_case_taken_by_another_is_not_decided(chen: User) -> None:
    (application,) = to_decide(1)
    dana = UserFactory(staff_roles=["reviewer"], full_name="Dana Roe")
    claim_case(Case.objects.get(), actor=dana, now=timezone.now())
    page = f"/staff/applications/{application.public_id}"
    response = client_of(chen).post(page, {"decision": "forward", "reason": ""})
    assert response.status_code == 409
    assert "Dana Roe" in response.content.decode()
    application.refresh_from_db()
    assert application.state == ApplicationState.IN_REVIEW


def test_keys_are_listed_where_they_work(chen: User) -> None:
    (application,) = to_decide(1)
    client = client_of(chen)
    listed = client.get("/staff/").content.decode()
    item = client.get(f"/staff/applications/{application.public_id}").content.decode()
    for key in "jkc":
        assert f'data-key="{key}"' in listed
    for key in "arcj":
        assert f'data-key="{key}"' in item
    for choice in ("forward", "change"):
        assert f'name="decision" value="{choice}"' in item


@pytest.mark.race
def test_two_reviewers_at_once_decide_it_once(clean_db: str) -> None:
    (application,) = to_decide(1)
    people = [client_of(UserFactory(staff_roles=["reviewer"])) for _n in range(2)]
    page = f"/staff/applications/{application.public_id}"

    def decision(client: Client, choice: str) -> Callable[[], object]:
        def send() -> object:
            answer = client.post(page, {"decision": choice, "reason": "The CV ends in 2019."})
            assert answer.status_code in (302, 409)
            return ok if answer.status_code == 302 else "refused"

        return send

    ok = 1
    result = at_once([decision(people[0], "forward"), decision(people[1], "decline")])
    assert result == {"int": 1, "str": 1}
    assert Decision.objects.count() == 1
    assert Case.objects.get().state == CaseState.DECIDED


def test_hostile_application_stays_words(chen: User) -> None:
    (application,) = to_decide(1)
    evil = '<img src=x onerror=alert(1)>"{{7*7}}'
    Application.objects.update(statement=evil)
    User.objects.filter(pk=application.applicant_id).update(full_name=evil)
    Document.objects.update(file_name=evil, refusal=evil)
    application.rotation.provider.name = application.rotation.site.name = evil
    application.rotation.provider.save()
    application.rotation.site.save()
    Decision.objects.create(
        application=application, by=chen, outcome="declined", reason=evil, at=timezone.now()
    )
    page = client_of(chen).get(f"/staff/applications/{application.public_id}").content.decode()
    assert "<img src=x" not in page
    assert page.count("{{7*7}}") >= 6
