"""Money in any order, from the invoice to the provider's bank and back; each cent agrees.

`Till` is what payers do; here come tranches, transfers, reversals, debts, remittances, disputes
and the nightly match, with calls to Stripe that fail before, after, or without an answer.
"""

import datetime as dt
import os
from dataclasses import asdict
from typing import Any

from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as bounds
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run
from pytest_django import Settings

from payments.actions.accounts import choose_remittance, open_payout_account
from payments.actions.disputes import submit_dispute
from payments.actions.ledger import shares_between
from payments.actions.parties import add_member
from payments.actions.payouts import approve_remittance, record_remittance, retry_payout
from payments.actions.reconcile import fetch_booked, match_booked
from payments.actions.reversals import retry_reversal
from payments.actions.transfers import (
    Schedule,
    hold_transfers,
    plan_transfers,
    release_due,
    release_hold,
    release_tranche,
)
from payments.models import (
    Account,
    Dispute,
    Invoice,
    LedgerEntry,
    Party,
    Payment,
    Payout,
    PayoutAccount,
    Refund,
    Reversal,
    Transfer,
)
from payments.queries import balances, counted_payments, gone_cents, paid_cents
from payments.queries.books import on_their_way
from payments.queries.payouts import balance_with, failed_payouts, failed_reversals, remittances
from payments.queries.statements import Balance, lines_of
from payments.rules import month_of
from payments.states import (
    LIVE_DISPUTE,
    DisputeState,
    InvoiceState,
    PaymentState,
    PayoutState,
    RefundState,
    ReversalState,
    TransferState,
)
from payments.tasks import send_asked_reversal, send_released_payout
from tests.factories.accounts import UserFactory
from tests.factories.payments import PaymentFactory
from tests.payments.conftest import Desk
from tests.payments.till import Till
from usce.devstack.stripe_sandbox.resources import accounts
from usce.devstack.stripe_sandbox.resources.disputes import OPEN
from usce.permissions import SYSTEM

# `make torture` lives some hundred lives; the suite, three.
LIVES, STEPS = int(os.environ.get("LIVES", "3")), 40
TRANCHES = ("first_day", "half", "end")
LATER = dt.timedelta(days=3)
CALLS = ("/v1/transfers$", "/reversals$", "/v1/refunds$", "/v1/disputes/")
FAULTS = ("refuse", "error_after", "timeout_after", "rate_limit")


class Life(Till):
    """Lakeshore is paid through Stripe, County by bank; some lives begin with them well known."""

    @initialize(is_known=st.booleans())
    def begin(self, is_known: bool) -> None:
        self.owner = UserFactory()
        for party in self.providers:
            add_member(party, self.owner)
        if is_known:
            self.owe(1_00, 0, 50)
            payment = PaymentFactory(invoice=self.invoices[0], state=PaymentState.CANCELED)
            for number, tranche in enumerate(TRANCHES):
                for party in self.providers:
                    _earlier_booking(payment, party, number, tranche)

    @rule(cents=st.integers(1_00, 300_000), is_planned=st.booleans())
    def book(self, cents: int, is_planned: bool) -> None:
        """Owed, paid and planned in one, so that short lives too have money to move."""
        self.owe(cents, 10, 70)
        invoice = self.invoices[-1]
        self.sandbox.control("pay", session=self.desk.checkout(invoice).stripe_session_id)
        for event in self.desk.events()[-6:]:
            self._tell(event)
        if is_planned:
            self._plan(invoice)

    @rule()
    def plan(self) -> None:
        for invoice in self.invoices:
            if invoice.state == InvoiceState.PAID:
                self._plan(invoice)

    @precondition(lambda self: self.invoices)
    @rule(data=st.data(), tranche=st.sampled_from(TRANCHES))
    def attend(self, data: Any, tranche: str) -> None:
        invoice = data.draw(st.sampled_from(self.invoices))
        release_tranche(invoice, tranche, actor=SYSTEM, now=timezone.now())

    @precondition(lambda self: self.invoices)
    @rule(data=st.data(), lift=st.booleans())
    def hold(self, data: Any, lift: bool) -> None:
        verb = release_hold if lift else hold_transfers
        verb(
            data.draw(st.sampled_from(self.invoices)), "incident", actor=SYSTEM, now=timezone.now()
        )

    @rule()
    def say_where(self) -> None:
        lakeshore, county = self.providers
        now = timezone.now()
        open_payout_account(lakeshore, return_path="/p", actor=self.owner, now=now)
        choose_remittance(county, remit_to="Treasury, 6789", actor=self.owner, now=now)
        self.sandbox.control("onboard", account=self._account_id)

    @precondition(lambda self: self._account_id)
    @rule()
    def close_account(self) -> None:
        self.sandbox.control("close_account", account=self._account_id)

    @precondition(lambda self: self._account_id)
    @rule(cents=st.integers(1, 100_000))
    def move_at_the_bank(self, cents: int) -> None:
        """The provider's bank gets what is there, or pays something in."""
        store, here = self.sandbox.store, self._account_id
        if left := accounts.balance_of(store, here):
            self.sandbox.control("pay_out", account=here, amount=left)
        else:
            accounts.move(store, here, cents, "top-up")

    @rule(
        path=st.sampled_from(CALLS), kind=st.sampled_from(["refuse", "error_after", "rate_limit"])
    )
    def fail_next(self, path: str, kind: str) -> None:
        self.sandbox.control("fail", method="POST", path=path, kind=kind)

    @rule()
    def send(self) -> None:
        release_due(timezone.now())
        super().send()
        for payout in Payout.objects.filter(state=PayoutState.PENDING).order_by("id"):
            self._try(send_released_payout, payout.pk)
        for reversal in Reversal.objects.filter(state=ReversalState.PENDING).order_by("id"):
            self._try(send_asked_reversal, reversal.pk)

    @rule()
    def remit(self) -> None:
        first, second = self.finance
        now = timezone.now()
        for payout in list(remittances()):
            record_remittance(
                payout, bank_reference="ACH", sent_on=now.date(), actor=first, now=now
            )
            approve_remittance(payout, actor=second, now=now)

    @rule()
    def try_again(self) -> None:
        actor, now = self.finance[0], timezone.now()
        for payout in list(failed_payouts()):
            retry_payout(payout, actor=actor, now=now)
        for reversal in list(failed_reversals()):
            retry_reversal(reversal, actor=actor, now=now)

    @rule(data=st.data(), percent=st.integers(1, 100))
    def dispute(self, data: Any, percent: int) -> None:
        """Of what is left of a charge, or a part of it; the bank's event may come much later."""
        charges = [c for c in self.sandbox.store.all("charge") if not c["disputed"] and c["paid"]]
        charges = [c for c in charges if c["amount_refunded"] < c["amount"]]
        if charges:
            charge = data.draw(st.sampled_from(sorted(charges, key=lambda c: c["created"])))
            left = charge["amount"] - charge["amount_refunded"]
            amount = max(1, left * percent // 100)
            self.sandbox.control("dispute", charge=charge["id"], amount=amount)

    @rule(data=st.data(), verdict=st.sampled_from(["won", "lost", "answer"]))
    def decide(self, data: Any, verdict: str) -> None:
        live = [d for d in self.sandbox.store.all("dispute") if d["status"] in OPEN]
        if live:
            found = data.draw(st.sampled_from(sorted(live, key=lambda d: d["created"])))
            ours = Dispute.objects.filter(stripe_dispute_id=found["id"]).first()
            if verdict != "answer":
                self.sandbox.control("close_dispute", dispute=found["id"], status=verdict)
            elif ours and ours.state == DisputeState.NEEDS_RESPONSE:
                self._try(self._answer, ours.pk)

    @rule(cents=st.integers(1, 50_000))
    def stripe_pays_us_out(self, cents: int) -> None:
        self.sandbox.control("pay_out", amount=cents)
        fetch_booked(now=timezone.now())

    @rule()
    def match(self) -> None:
        now = timezone.now()
        fetch_booked(now=now)
        assert match_booked(now=now) == 0

    @invariant()
    def accounts_hold_what_the_rows_say(self) -> None:
        held = balances()
        assert held[Account.DISPUTED] == _sum(
            Dispute.objects.filter(state__in=LIVE_DISPUTE), "amount_cents"
        )
        owed = Refund.objects.exclude(state=RefundState.SUCCEEDED).filter(replaced_by=None)
        by_bank = LedgerEntry.objects.filter(
            account=Account.REFUNDS_OWED, transaction__kind="dispute.lost"
        )
        owed_cents = _sum(owed, "amount_cents") - _sum(by_bank, "amount_cents")
        assert held[Account.REFUNDS_OWED] == -owed_cents
        due = Payout.objects.exclude(state=PayoutState.PAID)
        assert held[Account.PAYOUTS_DUE] == -_sum(due, "amount_cents")
        debts = Reversal.objects.exclude(state=ReversalState.SUCCEEDED)
        left = _sum(debts, F("amount_cents") - F("collected_cents"))
        assert held[Account.RECEIVABLES] == left

    @invariant()
    def each_provider_has_its_share(self) -> None:
        for party in self.providers:
            keeps = sum(_share_of(party, invoice) for invoice in self.invoices)
            sent = Transfer.objects.filter(payee=party, released_at__isnull=False)
            gone = _sum(sent, F("amount_cents") - F("reversed_cents"))
            entries = LedgerEntry.objects.filter(account=Account.HELD_FOR_PAYEES, party=party)
            assert -_sum(entries, "amount_cents") == keeps - gone

    @invariant()
    def no_disputed_money_goes_out(self) -> None:
        for dispute in Dispute.objects.filter(state__in=LIVE_DISPUTE):
            assert not dispute.payment.transfers.filter(state=TransferState.SCHEDULED).exists()

    def settle(self) -> None:
        self.sandbox.faults.clear()
        super().settle()
        now = timezone.now()
        fetch_booked(now=now)
        assert match_booked(now=now + LATER) == 0
        assert on_their_way() == 0
        for party in self.providers:
            moved = [line.change for line in lines_of(party, month_of(now))]
            assert asdict(sum(moved, Balance())) == balance_with(party)

    @property
    def _account_id(self) -> str:
        found = PayoutAccount.objects.filter(party=self.providers[0]).first()
        return found.stripe_account_id if found else ""

    def _answer(self, pk: int) -> None:
        found = Dispute.objects.get(pk=pk)
        submit_dispute(found, rebuttal="She came.", actor=self.finance[0], now=timezone.now())

    def _plan(self, invoice: Invoice) -> None:
        now = timezone.now()
        then = now - dt.timedelta(days=60)
        schedule = Schedule(then, then + dt.timedelta(days=14), then + dt.timedelta(days=28))
        plan_transfers(invoice, invoice, label="x", schedule=schedule, actor=SYSTEM, now=now)


def _earlier_booking(payment: Payment, party: Party, number: int, tranche: str) -> None:
    now = timezone.now()
    Transfer.objects.create(
        payment=payment, payee=party, subject_type="old", subject_id=number, label="earlier",
        tranche=tranche, amount_cents=0, state=TransferState.REVERSED, due_at=now, created_at=now,
    )  # fmt: skip


def _share_of(party: Party, invoice: Invoice) -> int:
    """What of the invoice's money is the party's, of what neither went back nor was lost."""
    if not counted_payments(invoice).exists():
        return 0
    shares = shares_between(invoice, gone_cents(invoice), paid_cents(invoice))
    return -sum(entry.amount_cents for entry in shares if entry.party == party)


def _sum(rows: Any, what: Any) -> int:
    total: int = rows.aggregate(total=Sum(what, default=0))["total"]
    return total


def test_money_agrees_after_any_life(desk: Desk, settings: Settings) -> None:
    Life.settings = settings
    run(
        Life,
        settings=bounds(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
