"""Released money reaches the provider: by a transfer at Stripe, or by the bank and two people."""

from datetime import date, datetime

from django.db import transaction

from payments import gateway
from payments.actions.accounts import refresh_account
from payments.actions.calls import begin_call, note_answer, trying
from payments.actions.ledger import Entry, post
from payments.gateway import connect
from payments.models import Account, Call, Method, Payout, PayoutAccount
from payments.notifications.payouts import tell_money_waits, tell_paid_out
from payments.permissions import can_move_money
from payments.queries.payouts import account_of
from payments.states import PayoutState
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.crashpoints import reach
from usce.errors import Refused
from usce.jobs.actions import enqueue
from usce.money import Money
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition
from usce.text import clean_line

CALL = "transfer.create"
NOT_READY = ("insufficient_capabilities_for_transfer", "account_invalid")
NO_MONEY = "balance_insufficient"


class SecondPersonNeeded(Refused):
    def __init__(self) -> None:
        super().__init__("You recorded this remittance; somebody else of finance approves it.")


class NotToBeSent(Refused):
    def __init__(self) -> None:
        super().__init__("This remittance is not waiting any more.")


def send_payout(payout: Payout, *, now: datetime) -> None:
    """Send the money, or say what it waits for. Safe to call again at any point."""
    account = account_of(payout.payee)
    if payout.state != PayoutState.PENDING:
        return
    if account is None or not account.is_ready:
        with transaction.atomic():
            tell_money_waits(payout, now=now)
    elif account.method == Method.REMITTANCE:
        _ask_finance(payout, now)
    else:
        _transfer(payout, account, now)


def record_remittance(
    payout: Payout, *, bank_reference: str, sent_on: date, actor: Actor, now: datetime
) -> None:
    """One person of finance writes down what the bank was told to send."""
    require(can_move_money(actor))
    with transaction.atomic():
        _lock_remittance(payout)
        payout.bank_reference, payout.sent_on = clean_line(bank_reference)[:80], sent_on
        payout.recorded_by_id = getattr(actor, "pk", None)
        payout.save(update_fields=["bank_reference", "sent_on", "recorded_by"])
        changes = {"sent_on": (None, sent_on.isoformat())}
        record("payments.payout.recorded", payout, actor=actor, now=now, changes=changes)


def approve_remittance(payout: Payout, *, actor: Actor, now: datetime) -> None:
    """Another person has seen it leave our bank: it is paid."""
    require(can_move_money(actor))
    with transaction.atomic():
        _lock_remittance(payout)
        if payout.recorded_by_id is None:
            raise NotToBeSent
        if payout.recorded_by_id == getattr(actor, "pk", None):
            raise SecondPersonNeeded
        payout.approved_by_id = getattr(actor, "pk", None)
        payout.save(update_fields=["approved_by"])
        _pay(payout, Account.BANK, now, actor=actor)
        settle_case(
            "payments.remittance", payout, decision="approved", note="", actor=SYSTEM, now=now
        )


def retry_payout(payout: Payout, *, actor: Actor, now: datetime) -> None:
    """Let a failed payout try again, after what stood in its way was mended."""
    require(can_move_money(actor))
    with transaction.atomic():
        transition(payout, PayoutState.PENDING, actor=actor, now=now, failure="")
        settle_case(
            "payments.payout_failed", payout, decision="retried", note="", actor=SYSTEM, now=now
        )
        enqueue("payments.send_payout", unique_key=payout.public_id, payout_id=payout.pk)


def _lock_remittance(payout: Payout) -> None:
    lock(payout)
    if payout.state != PayoutState.PENDING or payout.method != Method.REMITTANCE:
        raise NotToBeSent


def _ask_finance(payout: Payout, now: datetime) -> None:
    with transaction.atomic():
        lock(payout)
        if payout.state != PayoutState.PENDING or payout.method:
            return
        payout.method = Method.REMITTANCE
        payout.save(update_fields=["method"])
        open_case(
            "payments.remittance",
            payout,
            title=f"Remit {Money(payout.amount_cents)} to {payout.payee}",
            queue=Queue.FINANCE,
            due_at=now,
            actor=SYSTEM,
            now=now,
        )


def _transfer(payout: Payout, account: PayoutAccount, now: datetime) -> None:
    payment = payout.transfer.payment
    with transaction.atomic():
        lock(payout)
        if payout.state != PayoutState.PENDING:
            return
        payout.method = Method.CONNECT
        payout.save(update_fields=["method"])
        call = begin_call(CALL, payout, now=now)
    answer = None
    if call.tries:
        answer = connect.find_transfer(group=payment.public_id, ref=payout.public_id)
    if answer is None:
        reach("transfer.before_call")
        try:
            answer = _ask_transfer(payout, account, call, now)
        except gateway.GatewayRefused as refused:
            _refused(payout, account, refused, now)
            return
        reach("transfer.after_call")
    with transaction.atomic():
        lock(payout)
        note_answer(call, answer.id, now=now)
        if payout.state == PayoutState.PENDING:
            payout.stripe_transfer_id = answer.id
            payout.save(update_fields=["stripe_transfer_id"])
            _pay(payout, Account.STRIPE_BALANCE, now, actor=SYSTEM)


def _ask_transfer(
    payout: Payout, account: PayoutAccount, call: Call, now: datetime
) -> connect.TransferAnswer:
    payment = payout.transfer.payment
    # What was paid with credit is in our balance already; its charge belongs to another booking.
    charge = "" if payment.credit_id else connect.charge_of(payment.stripe_intent_id)
    with trying(call, now=now):
        return connect.create_transfer(
            account_id=account.stripe_account_id,
            amount_cents=payout.amount_cents,
            charge_id=charge,
            group=payment.public_id,
            ref=payout.public_id,
            key=call.idempotency_key,
        )


def _pay(payout: Payout, source: Account, now: datetime, *, actor: Actor) -> None:
    transition(payout, PayoutState.PAID, actor=actor, now=now, paid_at=now, failure="")
    entries = [
        Entry(Account.PAYOUTS_DUE, payout.amount_cents, payout.payee),
        Entry(source, -payout.amount_cents),
    ]
    post("payout.paid", f"payout.paid:{payout.public_id}", payout, entries, now=now)
    tell_paid_out(payout, now=now)


def _refused(
    payout: Payout, account: PayoutAccount, refused: gateway.GatewayRefused, now: datetime
) -> None:
    """An account that is not ready waits for its owner, an empty balance for money; else a case."""
    if refused.code in NOT_READY:
        refresh_account(account, now=now, is_refused=True)
        with transaction.atomic():
            tell_money_waits(payout, now=now)
        return
    if refused.code == NO_MONEY:
        return  # the sweep asks again
    with transaction.atomic():
        if lock(payout).state != PayoutState.PENDING:
            return
        transition(payout, PayoutState.FAILED, actor=SYSTEM, now=now, failure=str(refused)[:200])
        open_case(
            "payments.payout_failed",
            payout,
            title=f"Payout of {Money(payout.amount_cents)} to {payout.payee} was refused",
            queue=Queue.FINANCE,
            due_at=now,
            actor=SYSTEM,
            now=now,
        )
