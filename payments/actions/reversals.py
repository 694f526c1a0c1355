"""Money that a provider has already got is taken back, or becomes a debt."""

from datetime import datetime

from django.db import transaction

from payments import gateway
from payments.actions.calls import begin_call, note_answer, trying
from payments.actions.ledger import Entry, post
from payments.gateway import connect
from payments.models import Account, Call, Method, Payout, Reversal
from payments.permissions import can_move_money
from payments.states import CallState, PayoutState, ReversalState
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.crashpoints import reach
from usce.jobs.actions import enqueue
from usce.money import Money
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition

CALL = "reversal.create"
CASE = "payments.receivable"
BY_BANK = "It was paid by bank: there is nothing at Stripe to take it back from."


def send_reversal(reversal: Reversal, *, now: datetime) -> None:
    """Ask Stripe for the money back. What never left is netted; what cannot come back is owed."""
    payout = reversal.payout
    with transaction.atomic():
        lock(payout)
        lock(reversal)
        if reversal.state != ReversalState.PENDING:
            return
        if payout.state != PayoutState.PAID:
            _net(reversal, payout, now)
            return
        if payout.method != Method.CONNECT:
            _owe(reversal, BY_BANK, now)
            return
        call = begin_call(CALL, reversal, now=now)
    found = ""
    if call.tries:
        found = connect.find_reversal(transfer_id=payout.stripe_transfer_id, ref=reversal.public_id)
    if not found:
        reach("reversal.before_call")
        try:
            found = _ask(reversal, payout, call, now)
        except gateway.GatewayRefused as refused:
            with transaction.atomic():
                if lock(reversal).state == ReversalState.PENDING:
                    _owe(reversal, str(refused), now)
            return
        reach("reversal.after_call")
    _note(reversal, call, found, now)


def retry_reversal(reversal: Reversal, *, actor: Actor, now: datetime) -> None:
    """Try once more to take back what is still owed."""
    require(can_move_money(actor))
    with transaction.atomic():
        transition(reversal, ReversalState.PENDING, actor=actor, now=now, failure="")
        enqueue("payments.send_reversal", unique_key=reversal.public_id, reversal_id=reversal.pk)


def _ask(reversal: Reversal, payout: Payout, call: Call, now: datetime) -> str:
    with trying(call, now=now):
        return connect.create_reversal(
            transfer_id=payout.stripe_transfer_id,
            amount_cents=reversal.amount_cents - reversal.collected_cents,
            ref=reversal.public_id,
            key=call.idempotency_key,
        )


def _note(reversal: Reversal, call: Call, stripe_id: str, now: datetime) -> None:
    with transaction.atomic():
        lock(reversal)
        note_answer(call, stripe_id, now=now)
        if reversal.state != ReversalState.PENDING:
            return
        reversal.stripe_reversal_id = stripe_id
        reversal.save(update_fields=["stripe_reversal_id"])
        _settle(reversal, Account.STRIPE_BALANCE, f"reversal.done:{reversal.public_id}", now)


def _net(reversal: Reversal, payout: Payout, now: datetime) -> None:
    """The payout has not left: it shrinks. While it is being asked for, we wait for the answer."""
    asked = Call.objects.filter(
        kind="transfer.create",
        subject_type="payments.payout",
        subject_id=payout.pk,
        state=CallState.WAITING,
    )
    if asked.exists():
        return
    payout.amount_cents -= reversal.amount_cents
    payout.save(update_fields=["amount_cents"])
    _settle(reversal, Account.PAYOUTS_DUE, f"reversal.netted:{reversal.public_id}", now)
    if not payout.amount_cents and payout.state == PayoutState.PENDING:
        why = "Taken back before it was sent."
        transition(payout, PayoutState.FAILED, actor=SYSTEM, now=now, failure=why)


def _settle(reversal: Reversal, into: Account, key: str, now: datetime) -> None:
    payee = reversal.payout.payee
    cents = reversal.amount_cents - reversal.collected_cents
    transition(reversal, ReversalState.SUCCEEDED, actor=SYSTEM, now=now, settled_at=now)
    party = payee if into == Account.PAYOUTS_DUE else None
    entries = [Entry(into, cents, party), Entry(Account.RECEIVABLES, -cents, payee)]
    post("reversal.done", key, reversal, entries, now=now)
    settle_case(CASE, reversal, decision="collected", note="", actor=SYSTEM, now=now)


def _owe(reversal: Reversal, why: str, now: datetime) -> None:
    """The connected account is empty or closed: a debt, set off against what comes next."""
    transition(reversal, ReversalState.FAILED, actor=SYSTEM, now=now, failure=why[:200])
    left = reversal.amount_cents - reversal.collected_cents
    open_case(
        CASE,
        reversal,
        title=f"{reversal.payout.payee} owes {Money(left)}",
        queue=Queue.FINANCE,
        due_at=now,
        actor=SYSTEM,
        now=now,
    )
