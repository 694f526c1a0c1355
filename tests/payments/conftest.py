"""The sandbox in Stripe's place, on a real socket, and a person with an invoice to pay."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from django.utils import timezone
from pytest_django import Settings

from payments import gateway
from payments.actions.checkout import start_checkout
from payments.actions.events import store_event
from payments.actions.invoices import LineSpec, open_invoice
from payments.actions.parties import ensure_party_for, platform_party
from payments.handlers import process_event
from payments.models import Invoice, Party, Payment, StripeEvent
from payments.models.party import PartyKind
from tests.factories.payments import PartyFactory
from usce.accounts.models import User
from usce.devstack.stripe_sandbox import SandboxServer
from usce.permissions import SYSTEM


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        settings.STRIPE_SECRET_KEY = "sk_test_suite"
        settings.STRIPE_API_BASE = server.base_url
        settings.STRIPE_WEBHOOK_SECRETS = ["whsec_test"]
        # Databases cloned for each test give people the same ids; tries are counted apart.
        settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": server.base_url}}
        yield server


@dataclass
class Desk:
    """What a test does again and again: owe, open the page, pay, hear what Stripe says."""

    sandbox: SandboxServer
    payer: User
    heard: int = 0

    def owe(self, cents: int = 60_000, fee_cents: int = 6_000) -> Invoice:
        now = timezone.now()
        known = Party.objects.filter(kind=PartyKind.PROVIDER).order_by("id").first()
        provider = known or PartyFactory(kind=PartyKind.PROVIDER, name="Lakeshore Medical Group")
        lines = [LineSpec("Rotation", provider, cents - fee_cents)]
        if fee_cents:
            lines.append(LineSpec("Platform fee", platform_party(), fee_cents))
        return open_invoice(
            payer=ensure_party_for(self.payer),
            purpose="Deposit: Internal Medicine observership",
            lines=lines,
            due_at=now + dt.timedelta(minutes=35),
            actor=SYSTEM,
            now=now,
        )

    def checkout(self, invoice: Invoice) -> Payment:
        now = timezone.now()
        return start_checkout(
            invoice,
            actor=self.payer,
            expires_at=now + dt.timedelta(minutes=35),
            success_path="/done",
            cancel_path="/back",
            now=now,
        )

    def pay(self, payment: Payment, **how: object) -> None:
        self.sandbox.control("pay", session=payment.stripe_session_id, **how)

    def events(self) -> list[gateway.Event]:
        """What Stripe would have told us so far, in its own order."""
        found = reversed(self.sandbox.store.all("event"))
        return [gateway.Event(e["id"], e["type"], e["api_version"], False, e) for e in found]  # noqa: FBT003

    def hear_in(self, order: Sequence[str]) -> None:
        """Process the events of these kinds in this order, each twice."""
        by_kind = {event.kind: event for event in self.events()}
        for kind in order:
            for _twice in range(2):
                store_event(by_kind[kind], now=timezone.now())
                stored = StripeEvent.objects.get(event_id=by_kind[kind].id)
                process_event(stored, now=timezone.now())

    def hear_all(self, order: Sequence[int] = ()) -> None:
        """Process every event that was not heard yet, each twice; `order` of their places."""
        fresh = self.events()[self.heard :]
        self.heard += len(fresh)
        for place in [n for n in order if n < len(fresh)] or range(len(fresh)):
            for _twice in range(2):
                store_event(fresh[place], now=timezone.now())
                process_event(StripeEvent.objects.get(event_id=fresh[place].id), now=timezone.now())

    def hear(self) -> None:
        """Store every event; a worker's drain then processes them."""
        for event in self.events():
            store_event(event, now=timezone.now())


@pytest.fixture
def desk(sandbox: SandboxServer, amina: User) -> Desk:
    return Desk(sandbox, amina)


@pytest.fixture
def live_desk(sandbox: SandboxServer, clean_db: str) -> Desk:
    """The same on a committed database, for workers and threads."""
    return Desk(sandbox, User.objects.create_user("amina@example.test", full_name="Amina Rahmān"))
