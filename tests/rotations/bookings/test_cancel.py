"""A confirmed booking ends: by its applicant, by a proof, by the host, unpaid."""

import datetime as dt
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document, Use
from applicants.documents.states import DocumentState
from payments.actions.checkout import start_checkout
from payments.models import CreditNote, Refund
from payments.states import InvoiceState
from rotations.applications.states import ApplicationState
from rotations.bookings.actions import (
    CannotCancel,
    ProofMissing,
    SumChanged,
    Why,
    accept_offer,
    accept_proof,
    ask_to_cancel,
    cancel_booking,
    cancel_for_host,
    confirm_paid_booking,
    decline_proof,
    release_unpaid,
    withdraw_cancellation,
)
from rotations.bookings.actions.cancel import CASE
from rotations.bookings.models import Booking, Cancellation
from rotations.bookings.queries import booking_again
from rotations.bookings.quotes import day_that_counts, quote_for
from rotations.bookings.reasons import OWN, Reason, needs_proof, percent_back
from rotations.bookings.states import BookingState, CancellationState
from rotations.catalog.models import Opening, PreceptorWeek
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory
from tests.factories.stories import an_application, an_offer
from tests.rotations.bookings.money import Till
from usce.accounts.models import StaffRole, User
from usce.cases.models import Case
from usce.notifications.models import Mail
from usce.permissions import SYSTEM
from usce.states import TransitionRefused

MIND = Reason.CHANGED_MIND


@pytest.fixture
def booked(till: Till, opening: Opening, amina: User) -> Booking:
    """Forty days before the start, when the standard terms give half back; deposit paid."""
    return till.booked(opening, amina, days_before=40)


def cancel(booking: Booking, reason: str = MIND, cents: int | None = None) -> Cancellation:
    why = Why(reason, "", cents)
    return cancel_booking(booking, why, actor=booking.applicant, now=timezone.now())


def mails(event: str) -> int:
    return Mail.objects.filter(event=f"bookings.{event}").count()


@pytest.mark.parametrize(
    ("days", "percent"), [(61, 100), (60, 100), (59, 50), (30, 50), (29, 25), (14, 25), (13, 0)]
)
def test_change_of_mind_gives_back_by_the_date(
    till: Till, opening: Opening, amina: User, days: int, percent: int
) -> None:
    booking = till.booked(opening, amina, days_before=days, balance=None)
    done = cancel(booking)
    assert done.back_cents == 165_000 * percent // 100
    assert booking_again(booking).state == BookingState.CANCELED
    assert till.agrees()


def test_cancel_frees_seat_and_weeks_and_ends_the_application(booked: Booking, till: Till) -> None:
    cancel(booked)
    booked = booking_again(booked)
    assert (booked.opening.taken, booked.cancel_reason) == (0, MIND)
    assert not PreceptorWeek.objects.filter(taken__gt=0).exists()
    assert booked.application.state == ApplicationState.WITHDRAWN
    assert booked.balance_invoice is not None
    assert booked.balance_invoice.state == InvoiceState.VOID
    assert (mails("canceled"), mails("canceled_provider")) == (1, 1)
    assert CreditNote.objects.count() == 1


def test_parts_of_the_balance_go_back_before_the_deposit(
    till: Till, opening: Opening, amina: User
) -> None:
    booking = till.booked(opening, amina, days_before=40, balance=50_000)
    done = cancel(booking)
    assert (done.paid_cents, done.back_cents) == (110_000, 55_000)
    refunds = Refund.objects.order_by("id").values_list("payment__invoice", "amount_cents")
    assert list(refunds) == [
        (booking.balance_invoice_id, 50_000),
        (booking.deposit_invoice_id, 5_000),
    ]
    assert till.agrees()


def test_page_of_the_balance_that_was_open_is_refunded_in_full(
    till: Till, opening: Opening, amina: User
) -> None:
    booking = till.booked(opening, amina, days_before=40)
    assert booking.balance_invoice is not None
    now = timezone.now()
    late = start_checkout(
        booking.balance_invoice, actor=amina, expires_at=now + timedelta(hours=2),
        success_path="/a", cancel_path="/b", now=now,
    )  # fmt: skip
    cancel(booking)
    till.sandbox.control("pay", session=late.stripe_session_id)
    till.hear()
    late.refresh_from_db()
    assert (late.is_late, late.refunded_cents) == (True, late.amount_cents)
    assert till.agrees()


def test_second_press_and_second_tab_cancel_once(booked: Booking) -> None:
    other_tab = booking_again(booked)
    cancel(booked)
    with pytest.raises(TransitionRefused):
        cancel(other_tab)
    assert Refund.objects.count() == 1


def test_another_sum_than_the_one_seen_cancels_nothing(booked: Booking) -> None:
    with pytest.raises(SumChanged, match=r"\$300.00"):
        cancel(booked, cents=60_000)
    assert booking_again(booked).state == BookingState.CONFIRMED
    assert cancel(booked, cents=30_000).back_cents == 30_000


def test_rotation_that_has_begun_is_not_canceled_here(booked: Booking, amina: User) -> None:
    later = timezone.now() + timedelta(days=41)
    with pytest.raises(CannotCancel, match="begun"):
        cancel_booking(booked, Why(MIND), actor=amina, now=later)


@pytest.mark.parametrize("reason", [Reason.PROVIDER, Reason.NOT_PAID, "nonsense"])
def test_reason_of_somebody_else_is_refused(booked: Booking, reason: str) -> None:
    with pytest.raises(CannotCancel):
        cancel(booked, reason)


def test_stranger_and_staff_cannot_cancel_for_her(booked: Booking, dora: User, fay: User) -> None:
    for person in (dora, fay):
        with pytest.raises(PermissionDenied):
            cancel_booking(booked, Why(MIND), actor=person, now=timezone.now())
        why = Why(MIND, "We have no seat.")
        with pytest.raises(PermissionDenied):
            cancel_for_host(booked, why, actor=person, now=timezone.now())


def test_waitlist_is_told_of_the_seat(booked: Booking) -> None:
    waiting = an_application(booked.opening, UserFactory(), ApplicationState.WAITLISTED)
    cancel(booked)
    assert Mail.objects.get(event="bookings.seat_free").recipient == waiting.applicant
    assert Mail.objects.get(event="bookings.canceled_provider").facts["waiting"] == 1


def test_free_rotation_is_canceled_without_money(till: Till, opening: Opening, amina: User) -> None:
    rotation = opening.rotation
    rotation.price_cents = rotation.platform_fee_cents = rotation.deposit_cents = 0
    rotation.save()
    now = timezone.now()
    start = now.date() + timedelta(days=40)
    Opening.objects.filter(pk=opening.pk).update(starts_on=start, ends_on=start + timedelta(25))
    opening.refresh_from_db()
    held = accept_offer(an_offer(opening, amina, now), agreed=True, actor=amina, now=now)
    booking = confirm_paid_booking(held.deposit_invoice, now=now)
    assert booking is not None
    assert booking.state == BookingState.CONFIRMED
    assert (cancel(booking).back_cents, Refund.objects.count()) == (0, 0)


def test_proof_is_asked_only_where_it_gives_back_more(booked: Booking, till: Till) -> None:
    with pytest.raises(ProofMissing):
        cancel(booked, Reason.VISA_REFUSED)
    early = quote_for(booked, Reason.VISA_REFUSED, at=timezone.now() - timedelta(days=60))
    assert (early.percent, early.asks_proof) == (100, False)


def test_accepted_proof_gives_back_the_share_of_the_terms(
    booked: Booking, letter: Document, chen: User, till: Till
) -> None:
    asked = ask_to_cancel(
        booked, Why(Reason.VISA_REFUSED, "Refused"), letter, actor=booked.applicant,
        now=timezone.now(),
    )  # fmt: skip
    assert booking_again(booked).state == BookingState.CONFIRMED
    assert Use.objects.get(by_id=asked.pk).ends_on is None
    done = accept_proof(asked, expected_cents=54_000, actor=chen, now=timezone.now())
    assert (done.back_cents, done.paid_cents, done.decided_by) == (54_000, 60_000, chen)
    assert Case.objects.get(kind=CASE).decision == "accepted"
    assert Use.objects.get(by_id=asked.pk).ends_on is not None
    assert mails("canceled") == 1
    assert till.agrees()


def test_two_staff_deciding_at_once_decide_once(
    booked: Booking, letter: Document, chen: User
) -> None:
    now = timezone.now()
    asked = ask_to_cancel(booked, Why(Reason.VISA_DELAYED), letter, actor=booked.applicant, now=now)
    stale = Cancellation.objects.get(pk=asked.pk)
    accept_proof(asked, expected_cents=45_000, actor=chen, now=now)
    with pytest.raises(TransitionRefused):
        decline_proof(stale, answer="No", actor=chen, now=now)
    with pytest.raises(TransitionRefused):
        accept_proof(stale, expected_cents=45_000, actor=chen, now=now)
    assert Refund.objects.count() == 1


def test_declined_proof_keeps_the_seat_and_the_day_for_a_week(
    booked: Booking, letter: Document, chen: User
) -> None:
    asked_at = timezone.now()
    asked = ask_to_cancel(
        booked, Why(Reason.VISA_REFUSED), letter, actor=booked.applicant, now=asked_at
    )
    decided_at = asked_at + timedelta(days=2)
    decline_proof(asked, answer="Another person's letter.", actor=chen, now=decided_at)
    assert booking_again(booked).state == BookingState.CONFIRMED
    assert day_that_counts(booked, decided_at + timedelta(days=6)) == asked_at
    late = decided_at + timedelta(days=8)
    assert day_that_counts(booked, late) == late
    assert mails("proof_declined") == 1


def test_decline_says_why(booked: Booking, letter: Document, chen: User) -> None:
    now = timezone.now()
    asked = ask_to_cancel(booked, Why(Reason.VISA_REFUSED), letter, actor=booked.applicant, now=now)
    with pytest.raises(ProofMissing):
        decline_proof(asked, answer="  ", actor=chen, now=now)
    for person in (booked.applicant, UserFactory(staff_roles=[StaffRole.FINANCE])):
        with pytest.raises(PermissionDenied):
            accept_proof(asked, expected_cents=54_000, actor=person, now=now)


def test_second_request_while_one_waits_is_refused(booked: Booking, letter: Document) -> None:
    now, why = timezone.now(), Why(Reason.VISA_REFUSED)
    ask_to_cancel(booked, why, letter, actor=booked.applicant, now=now)
    with pytest.raises(CannotCancel, match="already"):
        ask_to_cancel(booked, why, letter, actor=booked.applicant, now=now)
    with pytest.raises(CannotCancel, match="already"):
        cancel(booked)


def test_withdrawn_request_leaves_all_as_it_was(booked: Booking, letter: Document) -> None:
    now = timezone.now()
    asked = ask_to_cancel(booked, Why(Reason.VISA_REFUSED), letter, actor=booked.applicant, now=now)
    withdraw_cancellation(asked, actor=booked.applicant, now=now)
    assert Case.objects.get(kind=CASE).decision == "withdrawn"
    assert cancel(booked).back_cents == 30_000


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (DocumentKind.PASSPORT, DocumentState.ACCEPTED),
        (DocumentKind.CONSULATE_LETTER, DocumentState.CHECKING),
    ],
)
def test_proof_of_another_kind_or_unchecked_is_refused(
    booked: Booking, amina: User, kind: str, state: str
) -> None:
    paper = DocumentFactory(owner=amina, kind=kind, state=state)
    with pytest.raises(ProofMissing):
        ask_to_cancel(booked, Why(Reason.VISA_REFUSED), paper, actor=amina, now=timezone.now())


def test_paper_of_somebody_else_is_no_proof(booked: Booking, amina: User, dora: User) -> None:
    paper = DocumentFactory(
        owner=dora, kind=DocumentKind.CONSULATE_LETTER, state=DocumentState.ACCEPTED
    )
    with pytest.raises(PermissionDenied):
        ask_to_cancel(booked, Why(Reason.VISA_REFUSED), paper, actor=amina, now=timezone.now())


def test_host_gives_everything_back_and_says_why(
    till: Till, opening: Opening, amina: User, bruno: User
) -> None:
    booking = till.booked(opening, amina, days_before=20, balance=None)
    with pytest.raises(CannotCancel):
        cancel_for_host(booking, Why(Reason.PROVIDER, " "), actor=bruno, now=timezone.now())
    why = Why(Reason.PROVIDER, "Our physician left.", 165_000)
    done = cancel_for_host(booking, why, actor=bruno, now=timezone.now())
    assert (done.reason, done.back_cents) == (Reason.PROVIDER, 165_000)
    assert booking_again(booking).application.state == ApplicationState.DECLINED
    assert mails("canceled_by_host") == 1
    assert till.agrees()


def test_host_overtakes_a_request_that_waits(
    booked: Booking, letter: Document, bruno: User
) -> None:
    now = timezone.now()
    asked = ask_to_cancel(booked, Why(Reason.VISA_REFUSED), letter, actor=booked.applicant, now=now)
    cancel_for_host(booked, Why(Reason.PROVIDER, "Closed."), actor=bruno, now=now)
    asked.refresh_from_db()
    assert asked.state == CancellationState.WITHDRAWN
    assert Case.objects.get(kind=CASE).decision == "overtaken"


def test_rounds_cancels_for_trust(booked: Booking) -> None:
    trust = UserFactory(staff_roles=[StaffRole.TRUST])
    done = cancel_for_host(
        booked, Why(Reason.PROVIDER, "Suspended."), actor=trust, now=timezone.now()
    )
    assert (done.reason, done.back_cents) == (Reason.PLATFORM, 60_000)


def test_unpaid_seat_is_released_by_the_terms(booked: Booking) -> None:
    done = release_unpaid(booked, actor=SYSTEM, now=timezone.now())
    assert (done.back_cents, done.asked_by) == (30_000, None)
    assert booking_again(booked).application.state == ApplicationState.EXPIRED
    assert mails("released") == 1


def test_held_booking_is_not_canceled(opening: Opening, amina: User, bruno: User) -> None:
    now = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
    held = accept_offer(an_offer(opening, amina, now), agreed=True, actor=amina, now=now)
    with pytest.raises(TransitionRefused):
        cancel_booking(held, Why(MIND), actor=amina, now=now)


POLICY = {"visa_refusal_percent": 90, "visa_delay_percent": 75, "illness_percent": 50}


@pytest.mark.parametrize("by_date", [0, 25, 50, 75, 90, 100])
@pytest.mark.parametrize("reason", OWN)
def test_reason_never_gives_back_less_than_the_date(reason: Reason, by_date: int) -> None:
    percent = percent_back(reason, POLICY, by_date)
    assert percent >= by_date
    assert needs_proof(reason, POLICY, by_date) == (percent > by_date)


def test_terms_from_before_the_shares_promise_nothing_for_them() -> None:
    assert percent_back(Reason.ILLNESS, {"visa_refusal_percent": 90}, 25) == 25
