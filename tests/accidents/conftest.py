"""The whole product as processes, and fifty people with an offer for the same last seat."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from payments.queries import ledger_faults
from rotations.bookings.models import Booking, Offer
from rotations.bookings.states import BookingState
from rotations.catalog.models import Opening
from tests.factories.accounts import UserFactory
from tests.factories.providers import ProviderFactory
from tests.factories.stories import an_offer, an_opening
from tests.support.http import Answer, Visitor, signed_in
from tests.support.stack import Stack, using
from usce.devstack.stripe_sandbox.server import call_control


@pytest.fixture
def stack(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("stack"))
    try:
        running.prepare()
        with django_db_blocker.unblock(), using(running.services.database_url):
            yield running
    finally:
        running.stop()


@dataclass
class Buyer:
    """Somebody with an offer, who accepts and pays over HTTP."""

    visitor: Visitor
    offer: Offer
    stack: Stack

    def accept(self) -> Answer:
        path = f"/offers/{self.offer.public_id}"
        return self.visitor.post(path, answer="accept", agreed="on")

    def pay(self, booking: Booking) -> Answer:
        return self.visitor.post(f"/bookings/{booking.public_id}/pay")

    def pay_at_stripe(self, booking: Booking) -> None:
        session = booking.deposit_invoice.payments.get().stripe_session_id
        call_control(self.stack.sandbox_url, "pay", session=session)


def buyers(stack: Stack, count: int, seats: int = 1) -> list[Buyer]:
    opening = an_opening(ProviderFactory())
    monday = timezone.now().date() + dt.timedelta(days=100)
    Opening.objects.filter(pk=opening.pk).update(
        seats=seats, starts_on=monday, ends_on=monday + dt.timedelta(days=25)
    )
    type(opening.rotation.preceptor).objects.update(max_learners=max(seats, 3))
    opening = Opening.objects.get(pk=opening.pk)
    people = UserFactory.create_batch(count)
    now = timezone.now()
    return [Buyer(signed_in(stack.url, p), an_offer(opening, p, now), stack) for p in people]


def booking_of(buyer: Buyer) -> Booking:
    return Booking.objects.select_related("deposit_invoice").get(offer=buyer.offer)


def is_confirmed(buyer: Buyer) -> bool:
    return booking_of(buyer).state == BookingState.CONFIRMED


def money_agrees(stack: Stack) -> bool:
    """Every cent of the ledger, and the sandbox's balance with it."""
    stack.manage("check_ledger")
    return ledger_faults(None) == []
