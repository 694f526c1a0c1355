import datetime as dt

import pytest
import time_machine

from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from tests.factories.accounts import UserFactory
from tests.factories.stories import an_application, an_opening
from tests.factories.visits import client_of
from usce.accounts.models import StaffRole, User
from usce.audit.actions import record
from usce.jobs.models import Job
from usce.notifications.events import all_events
from usce.notifications.models import Mail
from usce.notifications.states import MailState
from usce.permissions import SYSTEM

AT = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def ada(db: None) -> User:
    return UserFactory(
        email="ada@example.test", staff_roles=[StaffRole.ADMIN], time_zone="America/Chicago"
    )


@pytest.fixture
def sent(amina: User) -> Application:
    return an_application(an_opening(), amina, ApplicationState.IN_REVIEW)


@pytest.fixture
def entries(sent: Application, amina: User) -> None:
    record("applications.application.forwarded", sent, actor=amina, now=AT)
    record("accounts.user.roles_changed", amina, actor=SYSTEM, now=AT + dt.timedelta(days=1))
    evening = dt.datetime(2026, 7, 3, 4, 59, tzinfo=dt.UTC)  # still 2 July in Chicago
    record("cases.case.claimed", sent, actor=amina, now=evening)


VERBS = ("forwarded", "roles_changed", "claimed")


def shown(viewer: User, **asked: str) -> list[str]:
    page = client_of(viewer).get("/staff/audit", asked).content.decode()
    return [verb for verb in VERBS if f".{verb}</code>" in page]


@pytest.mark.parametrize(
    ("asked", "verbs"),
    [
        ({}, ["forwarded", "roles_changed", "claimed"]),
        ({"actor": "AMINA@example.test"}, ["forwarded", "claimed"]),
        ({"actor": "system"}, ["roles_changed"]),
        ({"actor": "nobody@example.test"}, []),
        ({"target": "accounts.user"}, ["roles_changed"]),
        ({"target": "accounts.user 0"}, []),
        ({"target": "accounts.user x"}, []),
        ({"target": "accounts.user 99999999999999999999"}, []),
        ({"target": "R-0"}, []),
        ({"verb": "roles changed"}, ["roles_changed"]),
        ({"verb": "applications."}, ["forwarded"]),
        ({"since": "2026-07-02"}, ["roles_changed", "claimed"]),
        ({"until": "2026-07-02"}, ["forwarded", "roles_changed", "claimed"]),
        ({"until": "2026-07-01"}, ["forwarded"]),
        ({"since": "2026-07-02", "until": "2026-07-02", "verb": "claim"}, ["claimed"]),
        ({"since": "2026-07-03", "until": "2026-07-02"}, []),
        ({"since": "yesterday"}, []),
    ],
)  # fmt: skip
def test_audit_is_narrowed_by_each_answer(
    ada: User, entries: None, asked: dict[str, str], verbs: list[str]
) -> None:
    assert shown(ada, **asked) == verbs


def test_audit_is_found_by_reference(ada: User, entries: None, sent: Application) -> None:
    assert shown(ada, target=sent.reference.lower()) == ["forwarded", "claimed"]
    assert shown(ada, target=f"applications.application {sent.pk}") == ["forwarded", "claimed"]


def test_audit_calls_things_by_their_names(ada: User, entries: None, sent: Application) -> None:
    page = client_of(ada).get("/staff/audit").content.decode()
    assert f"application {sent.reference}" in page
    assert "user Amina Rahmān" in page


def test_audit_pages_keep_the_answers(ada: User, amina: User) -> None:
    for number in range(30):
        record(f"t.row{number}", amina, actor=amina, now=AT)
    page = client_of(ada).get("/staff/audit?verb=t.row").content.decode()
    assert "?verb=t.row&amp;after=" in page


def mails(amina: User) -> None:
    for number, state in enumerate((MailState.SENT, MailState.FAILED)):
        for event in ("payments.refund_started", "payments.refund_failed"):
            Mail.objects.create(
                event=event, recipient=amina, address=f"{event}.{number}@example.test",
                facts={}, state=state, created_at=AT, unique_key=f"{event}{number}",
            )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 4), ({"state": "failed"}, 2), ({"event": "payments.refund_failed"}, 2),
        ({"event": "payments.refund_failed", "state": "sent"}, 1), ({"event": "no.such"}, 0),
        ({"state": "<script>"}, 0),
    ],
)  # fmt: skip
def test_mails_are_narrowed_by_event_and_state(
    ada: User, amina: User, asked: dict[str, str], count: int
) -> None:
    mails(amina)
    page = client_of(ada).get("/staff/mails", asked).content.decode()
    assert page.count("@example.test</td>") == count
    assert "<script>" not in page


def test_kinds_of_mail_are_shown_with_invented_facts(ada: User, amina: User) -> None:
    page = client_of(ada).get("/staff/mails/kinds").content.decode()
    assert page.count('data-label="Event"') == len(all_events())
    assert "Seat confirmed: 5 October to 30 October" in page
    assert "happened, next, details, link_label" in page
    assert client_of(amina).get("/staff/mails/kinds").status_code == 403


def test_jobs_say_the_oldest_age_in_words(ada: User) -> None:
    with time_machine.travel(AT, tick=False):
        client = client_of(ada)
        assert "nothing is late" in client.get("/staff/jobs").content.decode()
        Job.objects.create(name="t", run_after=AT - dt.timedelta(hours=7), created_at=AT)
        assert "7 hours" in client.get("/staff/jobs").content.decode()


def test_changes_are_told_in_words(ada: User, amina: User) -> None:
    changes = {
        "answer_due_at": (None, AT), "state": ("in_review", "forwarded"), "seats": (0, 2),
        "note": ("2026-99-99 12:00:00+00:00", "true"),
    }  # fmt: skip
    record("t.changed", amina, actor=amina, now=AT, changes=changes)
    page = client_of(ada).get("/staff/audit").content.decode()
    assert "answer due at: nothing → Wed 1 Jul 2026, 07:00 Chicago" in page
    assert "state: in review → forwarded" in page
    assert "seats: 0 → 2" in page
    assert "note: 2026-99-99 12:00:00+00:00 → true" in page


def test_hostile_words_of_the_house_stay_words(ada: User, amina: User) -> None:
    evil = "<script>alert(1)</script>{{7*7}}"
    job = Job.objects.create(
        name="t.evil", args={"x": evil}, error=evil, state="failed", run_after=AT, created_at=AT
    )
    mail = Mail.objects.create(
        event="payments.refund_started", recipient=amina, address=f"{evil}@example.test",
        facts={"amount_cents": 1, "purpose": evil, "reason": evil, "path": f"/x{evil}"},
        state=MailState.FAILED, error=evil, created_at=AT, unique_key="evil",
    )  # fmt: skip
    assert job.pk
    for address in ("/staff/jobs", "/staff/mails", f"/staff/mails/{mail.public_id}"):
        page = client_of(ada).get(address).content.decode()
        assert "<script>alert" not in page
        assert "{{7*7}}" in page
