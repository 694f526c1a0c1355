"""A paid booking and the provider who is to get its share, over the sandbox."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from payments import gateway
from payments.actions.accounts import open_payout_account, refresh_account
from payments.actions.events import store_event
from payments.actions.parties import add_member
from payments.actions.refunds import refund_payment
from payments.actions.transfers import Schedule, plan_transfers, release_tranche
from payments.handlers import process_event
from payments.models import (
    Account,
    Invoice,
    Party,
    Payment,
    Payout,
    PayoutAccount,
    Refund,
    Reversal,
    StripeEvent,
    Transfer,
)
from payments.models.party import PartyKind
from payments.queries import balances, ledger_faults
from payments.states import EventState, PayoutState
from payments.tasks import send_asked_reversal, send_promised_refund, send_released_payout
from tests.payments.conftest import Desk
from usce.accounts.models import User
from usce.devstack.stripe_sandbox.resources import accounts
from usce.permissions import SYSTEM

LONG_AGO = dt.timedelta(days=60)


@dataclass
class House:
    """The desk, and behind it the provider `lakeshore` with `owner` in its team."""

    desk: Desk
    owner: User
    invoices: list[Invoice] = field(default_factory=list)

    @property
    def sandbox(self) -> Any:
        return self.desk.sandbox

    @property
    def party(self) -> Party:
        return Party.objects.filter(kind=PartyKind.PROVIDER).earliest("id")

    @property
    def account(self) -> PayoutAccount:
        return PayoutAccount.objects.get(party=self.party)

    def book(self, cents: int = 60_000, *, is_known: bool = True) -> Payment:
        """A paid invoice with its tranches planned; the dates lie behind, so all is due."""
        invoice = self.desk.owe(cents)
        self.invoices.append(invoice)
        line = invoice.lines.order_by("id")[0]
        add_member(line.payee, self.owner)
        if is_known:
            self._earlier_bookings(line.payee, invoice)
        self.desk.pay(self.desk.checkout(invoice))
        self.listen()
        self.plan(invoice)
        return invoice.payments.get(state="succeeded")

    def plan(self, invoice: Invoice) -> int:
        now = timezone.now()
        then = now - LONG_AGO
        schedule = Schedule(then, then + dt.timedelta(days=14), then + dt.timedelta(days=28))
        return plan_transfers(
            invoice, invoice, label=invoice.purpose, schedule=schedule, actor=SYSTEM, now=now
        )

    def onboard(self) -> PayoutAccount:
        self.open_account()
        self.sandbox.control("onboard", account=self.account.stripe_account_id)
        return refresh_account(self.account, now=timezone.now())

    def open_account(self) -> str:
        return open_payout_account(
            self.party, return_path="/p/lakeshore/payouts", actor=self.owner, now=timezone.now()
        )

    def earn(self, payment: Payment, *tranches: str) -> None:
        for tranche in tranches or ("first_day", "half", "end"):
            release_tranche(payment.invoice, tranche, actor=SYSTEM, now=timezone.now())
        self.work()

    def give_back(self, payment: Payment, cents: int) -> Refund:
        payment.refresh_from_db()
        refund = refund_payment(payment, cents, reason="canceled", actor=SYSTEM, now=timezone.now())
        self.work()
        return refund

    def work(self) -> None:
        """What the workers would do with what is waiting, as often as it takes."""
        for _round in range(2):
            for refund in Refund.objects.filter(state="pending").order_by("id"):
                send_promised_refund(refund.pk)
            for payout in Payout.objects.filter(state=PayoutState.PENDING).order_by("id"):
                send_released_payout(payout.pk)
            for reversal in Reversal.objects.filter(state="pending").order_by("id"):
                send_asked_reversal(reversal.pk)
        self.listen()

    def listen(self) -> None:
        """Store and process every event that Stripe has told of so far."""
        for event in self.desk.events():
            store_event(event, now=timezone.now())
        for stored in StripeEvent.objects.filter(state=EventState.RECEIVED).order_by("id"):
            process_event(stored, now=timezone.now())

    def listen_to(self, kind: str) -> None:
        self.desk.hear_in([kind])

    def charge_of(self, payment: Payment) -> str:
        payment.refresh_from_db()
        intent = self.sandbox.store.get("payment_intent", payment.stripe_intent_id)
        return str(intent["latest_charge"])

    def dispute(self, payment: Payment, **more: Any) -> str:
        found = self.sandbox.control("dispute", charge=self.charge_of(payment), **more)
        self.listen()
        return str(found["id"])

    def decide(self, dispute_id: str, status: str) -> None:
        self.sandbox.control("close_dispute", dispute=dispute_id, status=status)
        self.listen()
        self.work()

    def empty_account(self) -> None:
        here = self.account.stripe_account_id
        left = accounts.balance_of(self.sandbox.store, here)
        self.sandbox.control("pay_out", account=here, amount=left)

    def agrees(self) -> None:
        """Every cent: the ledger with itself, with the payments, and with Stripe."""
        assert ledger_faults(gateway.balance_cents()) == []

    def _earlier_bookings(self, payee: Party, invoice: Invoice) -> None:
        """Three bookings of old, so that the provider is no longer new."""
        payment = Payment.objects.create(
            invoice=invoice, payer=invoice.payer, amount_cents=100, expires_at=timezone.now(),
            created_at=timezone.now(), idempotency_key=f"old-{invoice.pk}",
            state="canceled",
        )  # fmt: skip
        now = timezone.now()
        for number, tranche in enumerate(("first_day", "half", "end")):
            Transfer.objects.create(
                payment=payment, payee=payee, subject_type="old", subject_id=number,
                label="earlier", tranche=tranche, amount_cents=0, state="reversed",
                due_at=now, created_at=now,
            )  # fmt: skip


def held(account: Account) -> int:
    return balances()[account]
