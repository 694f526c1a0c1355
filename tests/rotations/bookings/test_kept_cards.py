"""The balance by a kept card: said before, charged once on its day, else asked for as usual."""

import datetime as dt
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from applicants.documents.kinds import DocumentKind
from applicants.documents.states import DocumentState
from applicants.profiles.actions import ensure_profile
from applicants.profiles.models import Passport
from payments.models import Payment, SavedCard
from payments.states import InvoiceState, PaymentState
from payments.tasks import send_begun_charge
from rotations.bookings.actions import (
    Why,
    accept_offer,
    ask_to_cancel,
    cancel_booking,
    chase_balances,
    let_go_idle_cards,
    remove_card,
    tell_card_refused,
)
from rotations.bookings.models import Booking
from rotations.bookings.queries import booking_again, card_of
from rotations.bookings.reasons import Reason
from rotations.bookings.rules import charge_at
from rotations.bookings.tasks import let_go_of_idle_cards, tell_refused_card
from rotations.catalog.models import Opening
from tests.factories.documents import DocumentFactory
from tests.factories.reference import CountryFactory
from tests.factories.stories import an_offer
from tests.factories.visits import client_of
from tests.rotations.bookings.money import Till
from usce.accounts.models import User
from usce.jobs.models import Job, Outage
from usce.notifications.models import Mail
from usce.notifications.rendering import for_recipient

ZONE = "America/Chicago"
EMPTY, ASKS = "4000000000009995", "4000002760003184"


@pytest.fixture
def booked(till: Till, opening: Opening, amina: User) -> Booking:
    """The balance is due in fifteen days, and may be charged to the card of the deposit."""
    return till.booked(opening, amina, days_before=60, keeps_card=True)


def on(booking: Booking, **before_due: float) -> dt.datetime:
    assert booking.balance_invoice is not None
    return booking.balance_invoice.due_at - timedelta(**before_due)


def morning(booking: Booking) -> dt.datetime:
    return charge_at(on(booking), ZONE)


def charges() -> list[Payment]:
    return list(Payment.objects.filter(saved_card__isnull=False))


def work(till: Till) -> None:
    for payment in charges():
        send_begun_charge(payment.pk)
    till.hear()
    for job in Job.objects.filter(name="bookings.tell_card_refused"):
        tell_refused_card(**job.args)


def held(opening: Opening, person: User) -> Booking:
    start = timezone.now().date() + timedelta(days=60)
    Opening.objects.filter(pk=opening.pk).update(
        starts_on=start, ends_on=start + timedelta(days=25)
    )
    opening.refresh_from_db()
    offer = an_offer(opening, person, timezone.now(), days=3)
    return accept_offer(offer, agreed=True, actor=person, now=timezone.now())


def mails(event: str) -> list[Mail]:
    return list(Mail.objects.filter(event=f"bookings.{event}").order_by("id"))


def test_charge_is_at_nine_of_the_due_day_at_the_site() -> None:
    due = dt.datetime(2026, 9, 6, 4, 59, tzinfo=dt.UTC)  # the evening of the 5th in Chicago
    assert charge_at(due, ZONE) == dt.datetime(2026, 9, 5, 14, tzinfo=dt.UTC)


def test_card_is_told_twice_with_sum_and_day_and_charged_once_in_the_morning(
    booked: Booking, till: Till
) -> None:
    assert mails("confirmed")[0].facts["card"] == "Visa ending 4242"
    for days in (14, 3):
        chase_balances(on(booked, days=days - 0.1))
    for told in mails("balance_due"):
        assert (told.facts["card"], told.facts["left_cents"]) == ("Visa ending 4242", 105_000)
    assert len(mails("balance_due")) == 2
    chase_balances(morning(booked) - timedelta(minutes=1))
    assert charges() == []
    for minute in (0, 30, 60):
        chase_balances(morning(booked) + timedelta(minutes=minute))
    work(till)
    (charge,) = charges()
    assert (charge.state, charge.amount_cents) == (PaymentState.SUCCEEDED, 105_000)
    assert booking_again(booked).balance_invoice.state == InvoiceState.PAID  # type: ignore[union-attr]
    assert mails("balance_late") == mails("card_refused") == []
    assert till.agrees()


def test_mail_about_the_charge_says_who_does_what(booked: Booking, amina: User) -> None:
    chase_balances(on(booked, days=13.9))
    text = for_recipient(mails("balance_due")[0]).text
    assert "Visa ending 4242 is charged $1,050.00 on" in text
    assert "remove the card" in text


@pytest.mark.parametrize(("number", "asks"), [(EMPTY, False), (ASKS, True)])
def test_refusal_becomes_the_pay_link_at_once_and_no_second_try(
    booked: Booking,
    till: Till,
    number: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    *,
    asks: bool,
) -> None:
    card = card_of(booked)
    assert card is not None
    till.sandbox.control("turn_card", payment_method=card.stripe_method_id, number=number)
    chase_balances(morning(booked))
    with django_capture_on_commit_callbacks(execute=True):
        send_begun_charge(charges()[0].pk)
    work(till)
    (told,) = mails("card_refused")
    assert told.facts["asks_person"] is asks
    assert told.facts["left_cents"] == 105_000
    assert card_of(booked) is None
    for hours in (1, 2, 20):
        chase_balances(morning(booked) + timedelta(hours=hours))
        work(till)
    assert len(charges()) == len(mails("card_refused")) == 1
    assert len(mails("balance_late")) == 1  # the usual reminder, once the day is over
    till.pay(booking_again(booked).balance_invoice, booked.applicant)  # type: ignore[arg-type]
    assert till.agrees()


def test_lost_signal_loses_no_mail(booked: Booking, till: Till) -> None:
    card = card_of(booked)
    assert card is not None
    till.sandbox.control("turn_card", payment_method=card.stripe_method_id, number=EMPTY)
    chase_balances(morning(booked))
    send_begun_charge(charges()[0].pk)
    assert mails("card_refused") == []
    chase_balances(morning(booked) + timedelta(minutes=30))
    assert len(mails("card_refused")) == 1


def test_refusal_of_what_was_paid_meanwhile_is_not_told(booked: Booking, till: Till) -> None:
    card = card_of(booked)
    assert card is not None
    till.sandbox.control("turn_card", payment_method=card.stripe_method_id, number=EMPTY)
    chase_balances(morning(booked))
    send_begun_charge(charges()[0].pk)
    till.pay(booked.balance_invoice, booked.applicant)  # type: ignore[arg-type]
    assert not tell_card_refused(booked.balance_invoice_id or 0, now=timezone.now())
    assert not tell_card_refused(0, now=timezone.now())
    assert mails("card_refused") == []


def test_outage_moves_the_charge_with_the_day(booked: Booking) -> None:
    at = on(booked, days=2)
    Outage.objects.create(began_at=at, ended_at=at + timedelta(days=1), reason="down")
    chase_balances(morning(booked) + timedelta(hours=1))
    assert charges() == []
    chase_balances(morning(booked) + timedelta(hours=25))
    assert len(charges()) == 1


def test_request_to_cancel_keeps_the_card_from_being_charged(booked: Booking, amina: User) -> None:
    letter = DocumentFactory(
        owner=amina, kind=DocumentKind.CONSULATE_LETTER, state=DocumentState.ACCEPTED
    )
    why = Why(Reason.VISA_REFUSED)
    ask_to_cancel(booked, why, letter, actor=amina, now=on(booked, days=1))
    chase_balances(morning(booked))
    assert charges() == []


def test_card_of_who_may_not_pay_from_there_is_not_charged(booked: Booking, amina: User) -> None:
    country = CountryFactory(code="IR", name="Iran")
    profile = ensure_profile(amina, now=timezone.now())
    Passport.objects.update_or_create(
        profile=profile, defaults={"residence": country, "updated_at": timezone.now()}
    )
    chase_balances(morning(booked))
    assert charges() == []


def test_canceled_booking_charges_nothing_and_lets_the_card_go(
    booked: Booking, amina: User, till: Till
) -> None:
    cancel_booking(booked, Why(Reason.CHANGED_MIND), actor=amina, now=timezone.now())
    chase_balances(morning(booked))
    assert charges() == []
    let_go_of_idle_cards()
    assert SavedCard.objects.get().removed_at is not None
    assert till.agrees()


def test_paid_balance_lets_the_card_go_and_an_open_one_keeps_it(
    booked: Booking, till: Till
) -> None:
    assert let_go_idle_cards(timezone.now()) == 0
    till.pay(booked.balance_invoice, booked.applicant)  # type: ignore[arg-type]
    assert let_go_idle_cards(timezone.now()) == 1
    assert let_go_idle_cards(timezone.now()) == 0


def test_card_of_a_held_booking_waits_for_its_confirmation(
    opening: Opening, till: Till, amina: User, bruno: User
) -> None:
    booking = held(opening, amina)
    till.pay(booking.deposit_invoice, amina, keeps_card=True)
    assert let_go_idle_cards(timezone.now()) == 0


def test_part_can_keep_the_card_for_the_rest(till: Till, opening: Opening, amina: User) -> None:
    booking = till.booked(opening, amina, days_before=60)
    assert card_of(booking) is None
    till.pay(booking.balance_invoice, amina, 30_000, keeps_card=True)  # type: ignore[arg-type]
    chase_balances(morning(booking))
    work(till)
    assert [charge.amount_cents for charge in charges()] == [75_000]
    assert till.agrees()


def test_page_offers_the_tick_before_the_deposit(
    opening: Opening, till: Till, amina: User, bruno: User
) -> None:
    client = client_of(amina)
    booking = held(opening, amina)
    url = reverse("bookings:detail", args=[booking.public_id])
    assert "Charge this card when the balance is due" in client.get(url).content.decode()
    assert client.post(f"{url}/pay", {"keeps_card": "on"}).status_code == 303
    assert Payment.objects.get().keeps_card


def test_booked_page_says_when_and_lets_go(booked: Booking, amina: User, dora: User) -> None:
    client = client_of(amina)
    url = reverse("bookings:detail", args=[booked.public_id])
    page = client.get(url).content.decode()
    assert "Visa ending 4242 is charged $1,050.00" in page
    assert client_of(dora).post(f"{url}/card/remove").status_code == 404
    assert client.get(f"{url}/card/remove").status_code == 405
    for _twice in range(2):
        assert client.post(f"{url}/card/remove").status_code == 302
    assert "Visa ending 4242 is charged" not in client.get(url).content.decode()
    assert SavedCard.objects.get().removed_at is not None
    with pytest.raises(PermissionDenied):
        remove_card(booked, actor=dora, now=timezone.now())
    chase_balances(morning(booked))
    assert charges() == []
