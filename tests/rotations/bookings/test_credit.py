"""Credit on a booking's pages: chosen when canceling, used for the next deposit, given back."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.actions.credit import use_credit
from payments.actions.invoices import LineSpec, open_invoice
from payments.actions.parties import platform_party
from payments.models import Credit, Refund
from payments.queries import left_cents
from rotations.bookings.actions import (
    HoldEnded,
    NothingToPay,
    Why,
    accept_offer,
    accept_proof,
    ask_to_cancel,
    cancel_booking,
    cancel_for_host,
    confirm_paid_booking,
    pay_with_credit,
    release_expired_holds,
)
from rotations.bookings.models import Booking, Hold
from rotations.bookings.quotes import quote_for
from rotations.bookings.reasons import Reason
from rotations.bookings.states import BookingState
from rotations.catalog.models import Opening
from tests.factories.catalog import OpeningFactory
from tests.factories.stories import an_offer
from tests.factories.visits import client_of
from tests.rotations.bookings.money import Till
from usce.accounts.models import StaffRole, User
from usce.permissions import SYSTEM

MIND = Reason.CHANGED_MIND


@pytest.fixture
def booked(till: Till, opening: Opening, amina: User) -> Booking:
    """Seventy days before the start, when all comes back; deposit paid."""
    return till.booked(opening, amina, days_before=70)


def answer(client: Client, booking: Booking, **more: str) -> str:
    cents = str(quote_for(booking, MIND, at=timezone.now()).back_cents)
    path = reverse("bookings:cancel-confirm", args=[booking.public_id])
    told = {"reason": MIND, "expected_cents": cents, "words": "", **more}
    return client.post(path, told, follow=True).text


def kept(booking: Booking) -> Credit:
    why = Why(MIND, as_credit=True)
    cancel_booking(booking, why, actor=booking.applicant, now=timezone.now())
    return Credit.objects.latest("id")


def held_again(opening: Opening, person: User) -> Booking:
    """Another booking of other dates, its deposit not paid yet."""
    now = timezone.now()
    start = now.date() + dt.timedelta(days=150)
    later = OpeningFactory(
        rotation=opening.rotation, starts_on=start, ends_on=start + dt.timedelta(days=25), seats=2
    )
    offer = an_offer(later, person, now, days=3)
    return accept_offer(offer, agreed=True, actor=person, now=now)


def test_card_is_chosen_until_the_person_chooses_otherwise(till: Till, booked: Booking) -> None:
    client = client_of(booked.applicant)
    page = client.get(reverse("bookings:cancel", args=[booked.public_id]), {"reason": MIND}).text
    assert 'value="card" checked' in page
    assert 'value="credit">' in page
    assert "goes back to the card or cards that paid" in answer(client, booked)
    assert not Credit.objects.exists()
    assert till.agrees()


def test_own_choice_keeps_the_refund(till: Till, booked: Booking) -> None:
    paid = booked.deposit_invoice.total_cents
    said = answer(client_of(booked.applicant), booked, way="credit")
    assert "is kept as" in said
    assert Credit.objects.get().amount_cents == paid
    assert till.agrees()
    assert till.sandbox.store.all("refund") == []


def test_way_that_is_none_cancels_nothing(booked: Booking) -> None:
    answer(client_of(booked.applicant), booked, way="voucher")
    booked.refresh_from_db()
    assert booked.state == BookingState.CONFIRMED


def test_canceled_twice_keeps_once(booked: Booking) -> None:
    client = client_of(booked.applicant)
    for _twice in range(2):
        answer(client, booked, way="credit")
    assert Credit.objects.count() == 1


def test_choice_waits_with_the_proof(
    till: Till, booked: Booking, letter: object
) -> None:  # fmt: skip
    booked = till_later(booked)
    now = timezone.now()
    why = Why(Reason.VISA_REFUSED, as_credit=True)
    asked = ask_to_cancel(booked, why, letter, actor=booked.applicant, now=now)  # type: ignore[arg-type]
    cents = quote_for(booked, asked.reason, at=asked.asked_at).back_cents
    chen = User.objects.create_user("r@example.test", staff_roles=[StaffRole.REVIEWER])
    page = client_of(chen).get(reverse("bookings:cancellation", args=[asked.public_id])).text
    assert "kept as credit on Rounds" in page
    accept_proof(asked, expected_cents=cents, actor=chen, now=now)
    assert Credit.objects.get().amount_cents == cents
    assert till.agrees()


def till_later(booking: Booking) -> Booking:
    """Ten days before the start, when only a proof gives anything back."""
    start = timezone.now().date() + dt.timedelta(days=10)
    Opening.objects.filter(pk=booking.opening_id).update(starts_on=start)
    Booking.objects.filter(pk=booking.pk).update(starts_on=start)
    return Booking.objects.get(pk=booking.pk)


def test_host_that_cancels_sends_all_to_the_card(till: Till, booked: Booking, bruno: User) -> None:
    why = Why(Reason.PROVIDER, "Ill", as_credit=True)
    cancel_for_host(booked, why, actor=bruno, now=timezone.now())
    assert not Credit.objects.exists()
    assert till.agrees()
    assert len(till.sandbox.store.all("refund")) == 1


def test_credit_pays_the_next_deposit(till: Till, opening: Opening, booked: Booking) -> None:
    credit = kept(booked)
    person = booked.applicant
    held = held_again(opening, person)
    client, due = client_of(person), held.deposit_invoice.total_cents
    page = client.get(reverse("bookings:detail", args=[held.public_id])).text
    assert "can pay all of this" in page
    path = reverse("bookings:pay-credit", args=[held.public_id])
    assert "Paid with your credit." in client.post(path, {"cents": due}, follow=True).text
    assert client.post(path, {"cents": due}).status_code == 409
    held.deposit_invoice.refresh_from_db()
    assert confirm_paid_booking(held.deposit_invoice, now=timezone.now()) is not None
    credit.refresh_from_db()
    assert credit.used_cents == due
    assert till.agrees()


def test_part_paid_with_credit_comes_back_when_the_hold_lapses(
    till: Till, opening: Opening, booked: Booking
) -> None:
    credit, person, now = kept(booked), booked.applicant, timezone.now()
    small = [LineSpec("Rotation", platform_party(), 10_000)]
    spare = open_invoice(
        payer=credit.party, purpose="Spare", lines=small, due_at=now, actor=SYSTEM, now=now
    )
    use_credit(spare, 10_000, actor=person, now=now)
    held = held_again(opening, person)
    due = held.deposit_invoice.total_cents
    page = client_of(person).get(reverse("bookings:detail", args=[held.public_id])).text
    assert "can pay a part; $100.00 is then left" in page
    pay_with_credit(held, due - 10_000, actor=person, now=now)
    assert left_cents(held.deposit_invoice) == 10_000
    Hold.objects.filter(booking=held).update(expires_at=now)
    assert release_expired_holds(now) == 1
    credit.refresh_from_db()
    assert credit.left_cents == due - 10_000
    assert Refund.objects.latest("id").is_credit
    assert till.agrees()


def test_nothing_due_takes_no_credit(booked: Booking, opening: Opening) -> None:
    kept(booked)
    with pytest.raises(NothingToPay):
        pay_with_credit(booked, 1, actor=booked.applicant, now=timezone.now())
    held = held_again(opening, booked.applicant)
    Hold.objects.filter(booking=held).update(expires_at=timezone.now())
    held = Booking.objects.get(pk=held.pk)
    with pytest.raises(HoldEnded):
        pay_with_credit(held, 60_000, actor=booked.applicant, now=timezone.now())


def test_others_meet_nothing(booked: Booking, dora: User) -> None:
    path = reverse("bookings:pay-credit", args=[booked.public_id])
    assert client_of(dora).post(path, {"cents": 1}).status_code == 404
    assert client_of(booked.applicant).get(path).status_code == 405
