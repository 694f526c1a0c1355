import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from payments.actions.invoices import settle, void_invoice
from payments.models import Invoice
from payments.states import InvoiceState
from rotations.applications.states import ApplicationState
from rotations.bookings.actions import (
    accept_offer,
    confirm_paid_booking,
    expire_offers,
    release_expired_holds,
)
from rotations.bookings.actions.release import _release
from rotations.bookings.models import Booking, Offer
from rotations.bookings.rules import HOLD
from rotations.bookings.states import BookingState, HoldState, OfferState
from rotations.bookings.tasks import (
    confirm_paid_invoice,
    expire_ended_offers,
    sweep_holds,
    sweep_paid,
)
from rotations.catalog.models import PreceptorWeek
from rotations.providers.models import Provider
from tests.factories.payments import InvoiceFactory
from tests.factories.stories import an_offer, an_opening
from usce.accounts.models import User
from usce.jobs.models import Job, Outage
from usce.notifications.actions import deliver
from usce.notifications.models import Mail
from usce.permissions import SYSTEM
from usce.states import TransitionRefused


@pytest.fixture
def booking(offer: Offer, amina: User, now: dt.datetime) -> Booking:
    return accept_offer(offer, agreed=True, actor=amina, now=now)


def pay(invoice: Invoice, now: dt.datetime) -> Invoice:
    """As payments does it when the money is there."""
    with transaction.atomic():
        settle(invoice, actor=SYSTEM, now=now)
    return invoice


def fresh(booking: Booking) -> Booking:
    return Booking.objects.select_related("hold", "application", "offer", "opening").get(
        pk=booking.pk
    )


def test_confirmation_uses_the_hold_and_books(booking: Booking, now: dt.datetime) -> None:
    confirm_paid_booking(pay(booking.deposit_invoice, now), now=now)
    found = fresh(booking)
    assert found.state == BookingState.CONFIRMED
    assert found.hold.state == HoldState.USED
    assert found.application.state == ApplicationState.BOOKED
    assert found.opening.taken == 1


def test_confirmation_opens_the_balance_by_the_terms(booking: Booking, now: dt.datetime) -> None:
    confirm_paid_booking(pay(booking.deposit_invoice, now), now=now)
    balance = fresh(booking).balance_invoice
    assert balance is not None
    assert balance.total_cents == 105_000
    assert balance.due_at == dt.datetime(2026, 8, 22, 4, 59, tzinfo=dt.UTC)
    amounts = {line.label: line.amount_cents for line in balance.lines.all()}
    assert amounts == {"Rotation": 95_455, "Rounds service fee": 9_545}


def test_confirmation_twice_changes_nothing_more(booking: Booking, now: dt.datetime) -> None:
    invoice = pay(booking.deposit_invoice, now)
    for _ in range(2):
        confirm_paid_booking(Invoice.objects.get(pk=invoice.pk), now=now)
    assert Invoice.objects.count() == 2
    assert Mail.objects.filter(event="bookings.confirmed").count() == 1


def test_confirmation_without_money_does_nothing(booking: Booking, now: dt.datetime) -> None:
    assert confirm_paid_booking(booking.deposit_invoice, now=now) is None
    assert fresh(booking).state == BookingState.HELD


def test_somebody_elses_invoice_confirms_nothing(db: None, now: dt.datetime) -> None:
    assert confirm_paid_booking(pay(InvoiceFactory(), now), now=now) is None


def test_confirmation_of_a_given_up_booking_fails_loudly(
    booking: Booking, now: dt.datetime
) -> None:
    invoice = pay(booking.deposit_invoice, now)
    Booking.objects.update(state=BookingState.CANCELED)
    with pytest.raises(TransitionRefused):
        confirm_paid_booking(invoice, now=now)


def test_confirmation_mails_receipt_and_calendar(
    booking: Booking, amina: User, bruno: User, now: dt.datetime
) -> None:
    invoice = pay(booking.deposit_invoice, now)
    confirm_paid_booking(invoice, now=now)
    for waiting in Mail.objects.filter(event__startswith="bookings.confirmed").order_by("id"):
        deliver(waiting, now=now)
    to_amina, to_bruno = mail.outbox
    assert to_amina.subject == "Seat confirmed: 5 October to 30 October"
    assert f"/invoices/{invoice.public_id}" in str(to_amina.body)
    assert [name for name, _content, _kind in to_amina.attachments] == [
        f"rotation-{booking.application.reference}.ics"
    ]
    assert to_bruno.to == [bruno.email]


def test_free_rotation_is_booked_by_the_same_path(
    provider: Provider,
    amina: User,
    now: dt.datetime,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    free = an_opening(provider, price_cents=0, platform_fee_cents=0, deposit_cents=0)
    offer = an_offer(free, amina, now)
    with django_capture_on_commit_callbacks(execute=True):
        booking = accept_offer(offer, agreed=True, actor=amina, now=now)
    queued = Job.objects.get(name="bookings.confirm_paid_invoice")
    confirm_paid_invoice(**queued.args)
    found = fresh(booking)
    assert found.state == BookingState.CONFIRMED
    assert found.balance_invoice is None


def test_sweep_finds_what_a_lost_signal_left(booking: Booking, now: dt.datetime) -> None:
    pay(booking.deposit_invoice, now)
    Job.objects.all().delete()
    sweep_paid()
    assert fresh(booking).state == BookingState.CONFIRMED


def test_lapsed_hold_gives_everything_back(booking: Booking, now: dt.datetime) -> None:
    assert release_expired_holds(now + HOLD) == 1
    found = fresh(booking)
    assert (found.state, found.cancel_reason) == (BookingState.CANCELED, "hold_lapsed")
    assert found.hold.state == HoldState.EXPIRED
    assert found.opening.taken == 0
    assert set(PreceptorWeek.objects.values_list("taken", flat=True)) == {0}
    assert Invoice.objects.get().state == InvoiceState.VOID


def test_lapsed_hold_returns_to_the_offer_and_says_so(
    booking: Booking, amina: User, bruno: User, now: dt.datetime
) -> None:
    release_expired_holds(now + HOLD)
    found = fresh(booking)
    assert found.offer.state == OfferState.LIVE
    assert found.application.state == ApplicationState.OFFERED
    assert found.application.answer_due_at == found.offer.expires_at
    assert Mail.objects.get(event="bookings.fell_through").recipient == bruno
    deliver(Mail.objects.get(event="bookings.hold_lapsed"), now=now)
    assert mail.outbox[0].subject == "Payment not finished; the seat was given back"
    assert "still stands until" in str(mail.outbox[0].body)


def test_lapsed_hold_of_an_ended_offer_ends_the_application(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    late = offer.expires_at - dt.timedelta(minutes=10)
    booking = accept_offer(offer, agreed=True, actor=amina, now=late)
    assert expire_offers(late + HOLD) == 0
    assert release_expired_holds(late + HOLD) == 1
    found = fresh(booking)
    assert found.offer.state == OfferState.EXPIRED
    assert found.application.state == ApplicationState.EXPIRED
    assert Mail.objects.filter(event="bookings.offer_expired").count() == 1


def test_release_before_the_end_does_nothing(booking: Booking, now: dt.datetime) -> None:
    assert release_expired_holds(now + HOLD - dt.timedelta(seconds=1)) == 0


def test_release_twice_gives_back_once(booking: Booking, now: dt.datetime) -> None:
    assert [release_expired_holds(now + HOLD), release_expired_holds(now + HOLD)] == [1, 0]
    assert fresh(booking).opening.taken == 0


def test_release_waits_for_the_time_lost_in_an_outage(booking: Booking, now: dt.datetime) -> None:
    began = now + dt.timedelta(minutes=5)
    Outage.objects.create(began_at=began, ended_at=began + dt.timedelta(minutes=20), reason="t")
    assert release_expired_holds(now + dt.timedelta(minutes=54)) == 0
    assert release_expired_holds(now + dt.timedelta(minutes=55)) == 1


def test_release_after_payment_leaves_the_seat(booking: Booking, now: dt.datetime) -> None:
    invoice = pay(booking.deposit_invoice, now)
    assert release_expired_holds(now + HOLD) == 0
    confirm_paid_booking(invoice, now=now)
    assert fresh(booking).state == BookingState.CONFIRMED


def test_release_of_a_confirmed_booking_does_nothing(booking: Booking, now: dt.datetime) -> None:
    stale = booking.hold
    confirm_paid_booking(pay(booking.deposit_invoice, now), now=now)
    assert _release(stale, now + HOLD) is False


def test_payment_after_release_finds_the_invoice_void(booking: Booking, now: dt.datetime) -> None:
    release_expired_holds(now + HOLD)
    invoice = Invoice.objects.get()
    with pytest.raises(TransitionRefused):
        pay(invoice, now)
    assert void_invoice(invoice, actor=SYSTEM, now=now, reason="again") is True


def test_periodic_jobs_run_with_nothing_to_do(db: None) -> None:
    for task in (sweep_paid, sweep_holds, expire_ended_offers):
        task()
    assert not Booking.objects.exists()
