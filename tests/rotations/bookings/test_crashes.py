"""A process that dies at the worst moment leaves nothing half done."""

import pytest
from django.db import transaction
from django.utils import timezone

from payments.actions.invoices import settle
from payments.models import Refund
from payments.queries import ledger_faults
from payments.states import PaymentState
from rotations.bookings.actions import accept_offer, confirm_paid_booking, release_expired_holds
from rotations.bookings.models import Booking, Offer
from rotations.bookings.rules import HOLD
from rotations.bookings.states import BookingState
from rotations.bookings.tasks import sweep_paid
from rotations.catalog.models import Opening
from tests.factories.payments import PaymentFactory
from tests.factories.stories import a_named_applicant, an_offer, an_opening
from tests.support.crash import die
from usce.permissions import SYSTEM

SCRIPT = """
from django.utils import timezone
from rotations.bookings.actions import accept_offer, confirm_paid_booking, release_expired_holds
from rotations.bookings.models import Booking, Offer
from rotations.bookings.rules import HOLD
now = timezone.now()
"""
ACCEPT = """
offer = Offer.objects.get()
accept_offer(offer, agreed=True, actor=offer.application.applicant, now=now)
"""
CONFIRM = "confirm_paid_booking(Booking.objects.get().deposit_invoice, now=now)"
CANCEL = """
from rotations.bookings.actions import Why, cancel_booking
booking = Booking.objects.get()
cancel_booking(booking, Why("changed_mind"), actor=booking.applicant, now=now)
"""
RELEASE = "release_expired_holds(now + HOLD)"

pytestmark = [pytest.mark.processes, pytest.mark.crash]


@pytest.fixture
def offer(clean_db: str) -> Offer:
    opening = an_opening(seats=1)
    Opening.objects.update(starts_on="2099-10-05", ends_on="2099-10-30")
    opening.refresh_from_db()
    return an_offer(opening, a_named_applicant(), timezone.now())


def hold(offer: Offer) -> Booking:
    now = timezone.now()
    return accept_offer(offer, agreed=True, actor=offer.application.applicant, now=now)


def pay(booking: Booking) -> None:
    with transaction.atomic():
        settle(booking.deposit_invoice, actor=SYSTEM, now=timezone.now())


def test_death_before_the_seat_is_committed_takes_none(offer: Offer) -> None:
    die(SCRIPT + ACCEPT, "accept.before_commit")
    assert Opening.objects.get().taken == 0
    assert not Booking.objects.exists()


def test_death_after_the_seat_is_committed_is_taken_up_by_the_next_click(offer: Offer) -> None:
    die(SCRIPT + ACCEPT, "accept.after_commit")
    assert hold(offer) == Booking.objects.get()
    assert Opening.objects.get().taken == 1


@pytest.mark.parametrize("label", ["confirm.before_commit", "confirm.after_commit"])
def test_death_while_confirming_ends_confirmed_once(label: str, offer: Offer) -> None:
    booking = hold(offer)
    pay(booking)
    die(SCRIPT + CONFIRM, label)
    sweep_paid()
    confirm_paid_booking(booking.deposit_invoice, now=timezone.now())
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    assert booking.balance_invoice is not None


def test_death_while_releasing_gives_back_once_in_the_end(offer: Offer) -> None:
    booking = hold(offer)
    die(SCRIPT + RELEASE, "release.before_commit")
    booking.refresh_from_db()
    assert booking.state == BookingState.HELD
    assert release_expired_holds(timezone.now() + HOLD) == 1
    assert Opening.objects.get().taken == 0


@pytest.mark.parametrize(
    ("label", "refunds"), [("cancel.before_commit", 0), ("cancel.after_commit", 1)]
)
def test_death_while_canceling_leaves_all_or_nothing(
    label: str, refunds: int, offer: Offer
) -> None:
    booking = hold(offer)
    PaymentFactory(
        invoice=booking.deposit_invoice,
        state=PaymentState.SUCCEEDED,
        succeeded_at=timezone.now(),
        stripe_intent_id="pi_1",
    )
    pay(booking)
    confirm_paid_booking(booking.deposit_invoice, now=timezone.now())
    die(SCRIPT + CANCEL, label)
    booking.refresh_from_db()
    assert Refund.objects.count() == refunds
    assert Opening.objects.get().taken == 1 - refunds
    assert (booking.state == BookingState.CANCELED) == bool(refunds)
    assert [f for f in ledger_faults(None) if "without a ledger" not in f] == []
