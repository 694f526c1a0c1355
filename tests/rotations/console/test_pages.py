import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from rotations.applications.states import ApplicationState
from rotations.bookings.models import Offer
from rotations.bookings.states import BookingState, HoldState
from rotations.console.nextline import most_urgent, next_line
from rotations.console.queries import Row, rows_of
from rotations.providers.models import Provider
from tests.factories.applications import ApplicationFactory
from tests.factories.bookings import BookingFactory, HoldFactory, OfferFactory
from tests.factories.stories import an_opening
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.actions import record_access
from usce.devstack.models import ReceivedMail
from usce.jobs.models import Job, JobState
from usce.notifications.models import Mail
from usce.notifications.states import MailState


def applications(user: User, provider: Provider, count: int, state: str) -> None:
    for _n in range(count):
        opening = an_opening(provider)
        ApplicationFactory(
            applicant=user, opening=opening, rotation=opening.rotation, state=state,
            forwarded_at=timezone.now(), answer_due_at=timezone.now(),
        )  # fmt: skip


@pytest.mark.parametrize(("count", "queries"), [(0, 6), (1, 8), (3, 8)])
def test_home_takes_the_same_queries_for_any_number(
    amina: User, provider: Provider, count: int, queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    applications(amina, provider, count, ApplicationState.FORWARDED)
    client = client_of(amina)
    with django_assert_num_queries(queries):
        page = client.get("/home").content.decode()
    assert page.count("With the provider") == count


@pytest.mark.parametrize("count", [0, 1, 3])
def test_today_takes_the_same_queries_for_any_number(
    amina: User, bruno: User, provider: Provider, count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    applications(amina, provider, count, ApplicationState.FORWARDED)
    client = client_of(bruno)
    client.get("/p/lakeshore/")
    with django_assert_num_queries(10):
        page = client.get("/p/lakeshore/")
    assert page.content.decode().count(">Amina Rahmān<") == count


@pytest.mark.parametrize("state", ["", "forwarded", "nonsense"])
def test_applicants_are_filtered_by_state(
    amina: User, bruno: User, provider: Provider, state: str
) -> None:
    applications(amina, provider, 1, ApplicationState.FORWARDED)
    page = client_of(bruno).get(f"/p/lakeshore/applicants?state={state}").content.decode()
    assert "Amina Rahmān" in page


def test_owner_without_applications_is_led_to_the_provider(bruno: User) -> None:
    assert client_of(bruno).get("/home")["Location"] == "/p/lakeshore/"


def test_staff_are_led_to_their_queue(chen: User) -> None:
    client = client_of(chen)
    assert client.get("/home")["Location"] == "/staff/"
    assert "Nothing waits for you" in client.get("/staff/").content.decode()


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (ApplicationState.DRAFT, "Finish your application"),
        (ApplicationState.CHANGES_REQUESTED, "Change what was asked"),
        (ApplicationState.SUBMITTED, "waits for our staff"),
        (ApplicationState.IN_REVIEW, "being checked"),
        (ApplicationState.FORWARDED, "decides"),
        (ApplicationState.DECLINED, ""),
    ],
)
def test_next_line_says_what_each_state_asks(amina: User, state: str, word: str) -> None:
    row = Row(ApplicationFactory(applicant=amina, state=state), None, None)
    line = next_line(row)
    assert word in line.sentence if line else word == ""


def held(amina: User) -> Offer:
    application = ApplicationFactory(applicant=amina, state=ApplicationState.OFFERED)
    return OfferFactory(application=application)


def test_offer_then_hold_then_booking_are_more_urgent_in_turn(
    amina: User, now: dt.datetime
) -> None:
    offer = held(amina)
    assert most_urgent(rows_of(amina, now), []).label == "See the offer"
    booking = BookingFactory(offer=offer)
    hold = HoldFactory(booking=booking)
    assert most_urgent(rows_of(amina, now), []).label == "Go to payment"
    type(hold).objects.update(state=HoldState.USED)
    type(booking).objects.update(state=BookingState.CONFIRMED)
    assert "starts on Monday 5 October 2026" in most_urgent(rows_of(amina, now), []).sentence


def test_hold_that_lapsed_asks_for_nothing(amina: User, now: dt.datetime) -> None:
    HoldFactory(booking=BookingFactory(offer=held(amina)), state=HoldState.EXPIRED)
    row = rows_of(amina, now)[0]
    assert next_line(Row(row.application, None, row.booking)) is None


def mail_to(user: User, now: dt.datetime, state: str = MailState.SENT) -> Mail:
    return Mail.objects.create(
        event="payments.refund_started", recipient=user, address=user.email, created_at=now,
        facts={"amount_cents": 60_000, "purpose": "Deposit", "reason": "late", "path": "/home"},
        unique_key=f"k{Mail.objects.count()}", state=state,
    )  # fmt: skip


def test_message_is_read_once_opened(amina: User, now: dt.datetime) -> None:
    mail, client = mail_to(amina, now), client_of(amina)
    assert "$600.00 is on its way back" in client.get("/messages").content.decode()
    client.get(f"/messages/{mail.public_id}")
    mail.refresh_from_db()
    assert mail.read_at is not None


def test_person_sees_who_saw(amina: User, dora: User, chen: User, now: dt.datetime) -> None:
    for viewer in (dora, chen):
        record_access("CV opened", amina, viewer=viewer, subject=amina, now=now)
    page = client_of(amina).get("/access").content.decode()
    assert "Dora Lind" in page
    assert "Rounds staff" in page


@pytest.fixture
def ada(chen: User) -> User:
    chen.staff_roles = ["admin"]
    chen.save()
    return chen


def test_failed_job_is_shown_and_tried_again(ada: User, now: dt.datetime) -> None:
    job = Job.objects.create(
        name="t.fail", run_after=now, created_at=now, state=JobState.FAILED, error="Boom"
    )
    client = client_of(ada)
    assert "Boom" in client.get("/staff/jobs?state=failed").content.decode()
    client.post(f"/staff/jobs/{job.pk}/retry")
    job.refresh_from_db()
    assert job.state == JobState.WAITING


def test_failed_mail_is_shown_and_sent_again(ada: User, amina: User, now: dt.datetime) -> None:
    mail, client = mail_to(amina, now, MailState.FAILED), client_of(ada)
    assert mail.event in client.get("/staff/mails").content.decode()
    assert "Send again" in client.get(f"/staff/mails/{mail.public_id}").content.decode()
    client.post(f"/staff/mails/{mail.public_id}/resend")
    mail.refresh_from_db()
    assert mail.state == MailState.PENDING


def test_audit_shows_the_change(ada: User, now: dt.datetime) -> None:
    client = client_of(ada)
    client.post(f"/staff/mails/{mail_to(ada, now, MailState.FAILED).public_id}/resend")
    assert "notifications.mail.pending" in client.get("/staff/audit").content.decode()


def test_mailbox_shows_what_was_sent(db: None) -> None:
    mail = ReceivedMail.objects.create(
        to="a@example.test", subject="Hello", text="Words", html="<p>Words</p>",
        attachments=[{"name": "a.ics", "media_type": "text/calendar", "size": 3}],
    )  # fmt: skip
    client = client_of(User.objects.create_user("d@example.test"))
    assert "Hello" in client.get("/dev/mailbox?to=a@example.test").content.decode()
    assert "a.ics" in client.get(f"/dev/mailbox/{mail.pk}").content.decode()
    frame = client.get(f"/dev/mailbox/{mail.pk}/html")
    assert "sandbox" in frame["Content-Security-Policy"]
    assert client.get("/dev/components").status_code == 200
