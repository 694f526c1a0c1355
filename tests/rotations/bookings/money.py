"""A booking with money in it: paid through the sandbox, told by its events."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from payments import gateway
from payments.actions.checkout import Share, start_checkout
from payments.actions.events import store_event
from payments.handlers import process_event
from payments.models import Invoice, Payment, Refund, StripeEvent
from payments.queries import ledger_faults
from payments.tasks import send_promised_refund
from rotations.bookings.actions import accept_offer, confirm_paid_booking
from rotations.bookings.models import Booking
from rotations.bookings.queries import booking_again
from rotations.bookings.rules import day_at
from rotations.catalog.models import Opening
from tests.factories.stories import an_offer
from usce.accounts.models import User
from usce.devstack.stripe_sandbox import SandboxServer


@dataclass
class Till:
    """Pays what a booking asks, and hears what Stripe says of it."""

    sandbox: SandboxServer
    heard: int = 0

    def pay(
        self,
        invoice: Invoice,
        actor: User,
        cents: int | None = None,
        *,
        keeps_card: bool = False,
    ) -> Payment:
        now = timezone.now()
        payment = start_checkout(
            invoice,
            actor=actor,
            expires_at=now + dt.timedelta(hours=2),
            success_path="/done",
            cancel_path="/back",
            now=now,
            share=Share(cents, keeps_card=keeps_card),
        )
        self.sandbox.control("pay", session=payment.stripe_session_id)
        self.hear()
        return payment

    def hear(self) -> None:
        fresh = list(reversed(self.sandbox.store.all("event")))[self.heard :]
        self.heard += len(fresh)
        for event in fresh:
            told = gateway.Event(event["id"], event["type"], "", False, event)  # noqa: FBT003
            store_event(told, now=timezone.now())
            process_event(StripeEvent.objects.get(event_id=event["id"]), now=timezone.now())

    def booked(
        self,
        opening: Opening,
        person: User,
        *,
        days_before: int,
        balance: int | None = 0,
        keeps_card: bool = False,
    ) -> Booking:
        """Confirmed, so many days before it begins; `balance` None pays all, else that part."""
        now = timezone.now()
        today = day_at(now, opening.rotation.site.time_zone)
        start = today + dt.timedelta(days=days_before)
        Opening.objects.filter(pk=opening.pk).update(
            starts_on=start, ends_on=start + dt.timedelta(days=25)
        )
        opening.refresh_from_db()
        offer = an_offer(opening, person, now, days=3)
        held = accept_offer(offer, agreed=True, actor=person, now=now)
        self.pay(held.deposit_invoice, person, keeps_card=keeps_card)
        held.deposit_invoice.refresh_from_db()
        booking = confirm_paid_booking(held.deposit_invoice, now=now)
        assert booking is not None
        if balance != 0 and booking.balance_invoice is not None:
            self.pay(booking.balance_invoice, person, balance)
        return booking_again(booking)

    def agrees(self) -> bool:
        """Every refund sent; ledger, payments and Stripe then agree to the cent."""
        for refund in Refund.objects.filter(state="pending"):
            send_promised_refund(refund.pk)
        self.hear()
        return ledger_faults(gateway.balance_cents()) == []
