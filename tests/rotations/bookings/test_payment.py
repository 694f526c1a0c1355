"""The whole way with the sandbox in Stripe's place: page, card, webhook, seat."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from payments import gateway
from payments.actions.checkout import InvoiceNotPayable
from payments.actions.events import store_event
from payments.models import Invoice, Payment, Refund
from payments.states import InvoiceState, PaymentState
from rotations.applications.states import ApplicationState
from rotations.bookings.actions import accept_offer, begin_payment, release_expired_holds
from rotations.bookings.models import Booking, Offer
from rotations.bookings.rules import HOLD
from rotations.bookings.states import BookingState
from rotations.catalog.models import Opening
from tests.factories.stories import a_named_applicant, an_offer, an_opening
from tests.factories.visits import client_of
from usce.devstack.stripe_sandbox import SandboxServer
from usce.jobs.tasks import drain


@pytest.fixture
def held(clean_db: str) -> Booking:
    """A seat held on a committed database."""
    now = timezone.now()
    opening = an_opening(seats=1)
    Opening.objects.update(starts_on="2099-10-05", ends_on="2099-10-30")
    opening.refresh_from_db()
    person = a_named_applicant()
    return accept_offer(an_offer(opening, person, now), agreed=True, actor=person, now=now)


def pay_page(booking: Booking) -> tuple[Client, str]:
    client = client_of(booking.applicant)
    response = client.post(reverse("bookings:pay", args=[booking.public_id]))
    assert response.status_code == 303
    return client, response["Location"]


def hear(sandbox: SandboxServer) -> None:
    """Store what Stripe tells, and let the workers work."""
    for event in reversed(sandbox.store.all("event")):
        told = gateway.Event(event["id"], event["type"], event["api_version"], False, event)  # noqa: FBT003
        store_event(told, now=timezone.now())
    drain()


def card(sandbox: SandboxServer) -> None:
    sandbox.control("pay", session=Payment.objects.latest("id").stripe_session_id)


def test_pay_leads_to_the_same_hosted_page_twice(held: Booking, sandbox: SandboxServer) -> None:
    first, second = pay_page(held)[1], pay_page(held)[1]
    assert first == second
    assert Payment.objects.get().expires_at >= held.hold.expires_at


def test_paid_deposit_books_the_seat(held: Booking, sandbox: SandboxServer) -> None:
    pay_page(held)
    card(sandbox)
    hear(sandbox)
    held.refresh_from_db()
    assert held.state == BookingState.CONFIRMED
    assert held.application.state == ApplicationState.BOOKED


def test_coming_back_before_the_webhook_has_stripe_asked(
    held: Booking, sandbox: SandboxServer
) -> None:
    client, _url = pay_page(held)
    card(sandbox)
    client.get(reverse("bookings:detail", args=[held.public_id]) + "?checkout=done")
    drain()
    held.refresh_from_db()
    assert held.state == BookingState.CONFIRMED


def test_balance_is_paid_by_the_same_button(held: Booking, sandbox: SandboxServer) -> None:
    pay_page(held)
    card(sandbox)
    hear(sandbox)
    client, _url = pay_page(held)
    card(sandbox)
    hear(sandbox)
    states = set(Invoice.objects.values_list("total_cents", "state"))
    assert states == {(60_000, InvoiceState.PAID), (105_000, InvoiceState.PAID)}
    place = reverse("bookings:pay", args=[held.public_id])
    assert client.post(place).status_code == 409


def test_money_after_the_hold_goes_back_in_full(held: Booking, sandbox: SandboxServer) -> None:
    pay_page(held)
    session = Payment.objects.get().stripe_session_id
    sandbox.control("pay", session=session)
    assert release_expired_holds(timezone.now() + HOLD) == 1
    hear(sandbox)
    held.refresh_from_db()
    assert held.state == BookingState.CANCELED
    assert Opening.objects.get().taken == 0
    assert Payment.objects.get().state == PaymentState.SUCCEEDED
    assert Refund.objects.get().amount_cents == 60_000


def test_release_after_the_money_was_heard_leaves_the_seat(
    held: Booking, sandbox: SandboxServer
) -> None:
    pay_page(held)
    card(sandbox)
    hear(sandbox)
    assert release_expired_holds(timezone.now() + HOLD) == 0
    assert Opening.objects.get().taken == 1


def test_payment_service_that_is_away_is_told_in_a_sentence(
    held: Booking, settings: Settings
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_suite"
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    client = client_of(held.applicant)
    response = client.post(reverse("bookings:pay", args=[held.public_id]))
    assert response.status_code == 409
    held.refresh_from_db()
    assert held.state == BookingState.HELD


def test_payment_of_a_void_invoice_is_refused(held: Booking, sandbox: SandboxServer) -> None:
    stale = Booking.objects.select_related("hold", "deposit_invoice").get(pk=held.pk)
    release_expired_holds(timezone.now() + HOLD)
    with pytest.raises(InvoiceNotPayable):
        begin_payment(stale, actor=stale.applicant, now=timezone.now())


def test_second_attempt_after_a_lapse_pays_a_new_invoice(
    held: Booking, sandbox: SandboxServer
) -> None:
    release_expired_holds(timezone.now() + HOLD)
    offer = Offer.objects.get()
    again = accept_offer(offer, agreed=True, actor=held.applicant, now=timezone.now())
    pay_page(again)
    card(sandbox)
    hear(sandbox)
    again.refresh_from_db()
    assert again.state == BookingState.CONFIRMED
    assert Invoice.objects.filter(state=InvoiceState.VOID).count() == 1
