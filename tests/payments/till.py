"""Invoices, payments and refunds in any order, told late, twice and shuffled.

The part of `test_machine` that payers see. Each life has its own sandbox and leaves no row.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.error import HTTPError

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pytest_django import Settings

from payments import gateway
from payments.actions.checkout import InvoiceNotPayable, Share, start_checkout
from payments.actions.credit import NoCreditLeft, send_back_credit, use_credit
from payments.actions.events import store_event
from payments.actions.invoices import LineSpec, open_invoice, void_invoice
from payments.actions.new_details import agree_new_details, ask_new_details
from payments.actions.parties import ensure_party_for, platform_party
from payments.actions.refunds import RefundTooLarge, refund_invoices
from payments.handlers import process_event
from payments.models import (
    Account,
    Credit,
    Invoice,
    NewDetails,
    Party,
    Payment,
    Refund,
    StripeEvent,
)
from payments.models.party import PartyKind
from payments.queries import balances, gone_cents, ledger_faults, left_cents, paid_cents
from payments.queries.credit import usable_cents
from payments.states import InvoiceState, PaymentState, RefundState
from payments.tasks import send_promised_refund
from tests.factories.accounts import UserFactory
from tests.factories.payments import PartyFactory
from tests.payments.conftest import Desk
from usce.accounts.models import StaffRole
from usce.devstack.stripe_sandbox import SandboxServer
from usce.ids import new_public_id
from usce.permissions import SYSTEM


class Till(RuleBasedStateMachine):
    """One payer, two providers, two people of finance; `settings` is set for each run."""

    settings: Settings

    def __init__(self) -> None:
        super().__init__()
        self.mark = transaction.savepoint()
        self.sandbox = SandboxServer()
        self.sandbox.start()
        self.settings.STRIPE_API_BASE = self.sandbox.base_url
        self.desk = Desk(self.sandbox, UserFactory(full_name="Amina Rahmān"))
        self.finance = [UserFactory(staff_roles=[StaffRole.FINANCE]) for _ in range(2)]
        self.providers = [
            PartyFactory(kind=PartyKind.PROVIDER, name=name) for name in ("Lakeshore", "County")
        ]

    @property
    def invoices(self) -> list[Invoice]:
        return list(Invoice.objects.order_by("pk"))

    @property
    def payments(self) -> list[Payment]:
        return list(Payment.objects.select_related("invoice").order_by("pk"))

    @property
    def refunds(self) -> list[Refund]:
        return list(Refund.objects.order_by("pk"))

    @rule(cents=st.integers(1_00, 300_000), fee=st.integers(0, 99), share=st.integers(0, 100))
    def owe(self, cents: int, fee: int, share: int) -> None:
        """To one provider or to two, with a fee of ours or without."""
        ours = cents * fee // 100
        first = (cents - ours) * share // 100
        parts = [first, cents - ours - first, ours]
        payees: list[Party] = [*self.providers, platform_party()]
        now = timezone.now()
        open_invoice(
            payer=ensure_party_for(self.desk.payer),
            purpose="Deposit",
            lines=[LineSpec("Rotation", *both) for both in zip(payees, parts, strict=True)],
            due_at=now + dt.timedelta(minutes=35),
            actor=SYSTEM,
            now=now,
        )

    @precondition(lambda self: self.invoices)
    @rule(data=st.data(), share=st.integers(1, 3))
    def open_page(self, data: Any, share: int) -> None:
        """All that is left, or a share of it; a page that was open for another sum is given up."""
        invoice, now = data.draw(st.sampled_from(self.invoices)), timezone.now()
        left = left_cents(invoice)
        part = left // share if left // share >= 20_000 and share > 1 else None
        cache.key_prefix = f"life-{new_public_id()}"  # tries are not what is tested here
        try:
            start_checkout(
                invoice,
                actor=self.desk.payer,
                expires_at=now + dt.timedelta(hours=2),
                success_path="/done",
                cancel_path="/back",
                now=now,
                share=Share(part),
            )
        except InvoiceNotPayable:
            assert not left

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), card=st.sampled_from(["4242424242424242", "4000000000000002"]))
    def pay(self, data: Any, card: str) -> None:
        """Whatever page still stands in some tab, also one that we have given up."""
        payment = data.draw(st.sampled_from(self.payments))
        if payment.credit_id:
            return
        try:
            self.sandbox.control("pay", session=payment.stripe_session_id, card=card)
        except HTTPError:
            return  # closed, paid already, or declined

    @rule(data=st.data(), count=st.integers(1, 6))
    def hear(self, data: Any, count: int) -> None:
        """Some of the events so far, in any order, old ones again."""
        events = self.desk.events()
        if not events:
            return
        recent = events[-30:]
        for event in data.draw(st.lists(st.sampled_from(recent), max_size=count)):
            self._tell(event)

    @precondition(lambda self: self.invoices)
    @rule(data=st.data(), percent=st.integers(1, 130), as_credit=st.booleans())
    def refund(self, data: Any, percent: int, as_credit: bool) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.invoices), min_size=1, max_size=2))
        unique = {invoice.pk: invoice for invoice in chosen}
        left = sum(paid_cents(i) - gone_cents(i) for i in unique.values())
        cents = left * percent // 100
        if not cents:
            return
        try:
            refund_invoices(
                list(unique.values()), cents, reason="test", actor=SYSTEM, now=timezone.now(),
                as_credit=as_credit,
            )  # fmt: skip
        except RefundTooLarge:
            assert cents > left

    @precondition(lambda _: Credit.objects.exists())
    @rule(data=st.data())
    def use_credit(self, data: Any) -> None:
        invoice, now = data.draw(st.sampled_from(self.invoices)), timezone.now()
        if cents := usable_cents(invoice, left_cents(invoice)):
            use_credit(invoice, cents, actor=self.desk.payer, now=now)

    @precondition(lambda _: Credit.objects.exists())
    @rule(data=st.data())
    def send_back_credit(self, data: Any) -> None:
        credit = data.draw(st.sampled_from(list(Credit.objects.order_by("pk"))))
        with suppress(NoCreditLeft):
            send_back_credit(credit, actor=self.desk.payer, now=timezone.now())

    @rule()
    def send(self) -> None:
        for refund in self.refunds:
            self._try(send_promised_refund, refund.pk)

    @precondition(lambda self: any(r.stripe_refund_id for r in self.refunds))
    @rule(data=st.data())
    def bank_returns(self, data: Any) -> None:
        sent = [r for r in self.refunds if r.state == RefundState.SUCCEEDED and r.stripe_refund_id]
        if sent:
            refund = data.draw(st.sampled_from(sent))
            self.sandbox.control("fail_refund", refund=refund.stripe_refund_id)
            self._tell(self.desk.events()[-1])

    @precondition(lambda self: any(r.state == RefundState.FAILED for r in self.refunds))
    @rule(data=st.data())
    def repair(self, data: Any) -> None:
        failed = [
            r
            for r in self.refunds
            if r.state == RefundState.FAILED and not NewDetails.objects.filter(refund=r).exists()
        ]
        if failed:
            refund, now = data.draw(st.sampled_from(failed)), timezone.now()
            first, second = self.finance
            name = refund.payment.payer.name
            details = ask_new_details(refund, holder=name, actor=first, now=now)
            agree_new_details(details, actor=second, now=now)

    @precondition(lambda self: self.invoices)
    @rule(data=st.data())
    def give_up(self, data: Any) -> None:
        invoice = data.draw(st.sampled_from(self.invoices))
        void_invoice(invoice, actor=SYSTEM, now=timezone.now(), reason="test")

    @invariant()
    def ledger_agrees_with_itself(self) -> None:
        with connection.cursor() as cursor:  # the deferred balance of each transaction, now
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        assert ledger_faults(None) == []

    @invariant()
    def nobody_gets_more_than_was_paid(self) -> None:
        for invoice in self.invoices:
            assert 0 <= gone_cents(invoice) <= paid_cents(invoice) <= invoice.total_cents
            if invoice.state == InvoiceState.PAID:
                assert paid_cents(invoice) == invoice.total_cents

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.sandbox.stop()
            transaction.savepoint_rollback(self.mark)

    def settle(self) -> None:
        """Every event told, everything sent: each cent agrees, and none lies without a reason."""
        for _again in range(3):
            for event in self.desk.events():
                self._tell(event)
            self.send()
        assert ledger_faults(gateway.balance_cents()) == []
        assert balances()[Account.UNALLOCATED] == 0
        for payment in self.payments:
            if payment.is_late:
                assert payment.refunded_cents + payment.lost_cents == payment.amount_cents
            if payment.invoice.state == InvoiceState.OPEN:
                assert payment.state != PaymentState.SUCCEEDED or left_cents(payment.invoice) > 0

    def _try(self, task: Callable[[int], None], pk: int) -> None:
        """As a worker does: what Stripe refuses or does not answer waits for the next time."""
        with suppress(gateway.GatewayRefused, gateway.PaymentsUnavailable):
            task(pk)

    def _tell(self, event: gateway.Event) -> None:
        store_event(event, now=timezone.now())
        process_event(StripeEvent.objects.get(event_id=event.id), now=timezone.now())
