"""Money going back: promised in the ledger first, then asked of Stripe, then settled."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from payments import gateway
from payments.actions.credit import keep_refund
from payments.actions.ledger import Entry, post, reversed_of, shares_between
from payments.actions.numbers import next_number
from payments.actions.transfers import take_back
from payments.models import Account, CreditNote, Invoice, Payment, Refund
from payments.notifications import tell_refund_done, tell_refund_failed, tell_refund_started
from payments.permissions import can_move_money
from payments.queries import gone_cents, refund_plan
from payments.queries.credit import goes_to_credit
from payments.queries.disputes import is_disputed
from payments.states import PaymentState, RefundState
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.crashpoints import reach
from usce.errors import Refused
from usce.ids import new_public_id
from usce.jobs.actions import enqueue
from usce.money import Money
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition

LATE = "late"
REFUSED = "payments.refund_refused"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(days=1)


class RefundTooLarge(Refused):
    def __init__(self, left_cents: int) -> None:
        super().__init__(f"At most {Money(left_cents)} of this payment can go back.")


def refund_invoices(
    invoices: Sequence[Invoice],
    amount_cents: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    as_credit: bool = False,
) -> list[Refund]:
    """Give back `amount_cents` of what these invoices were paid with, the newest charge first.

    `as_credit` is the explicit choice of whoever owed them, about what she paid herself.

    Never more than was paid for them (RefundTooLarge); each card gets back what it paid at most.
    """
    require(can_move_money(actor))
    with transaction.atomic():
        for invoice in sorted(invoices, key=lambda one: one.pk):
            lock(invoice)
        plan = refund_plan(invoices, amount_cents)
        if sum(cents for _payment, cents in plan) < amount_cents:
            raise RefundTooLarge(sum(cents for _payment, cents in plan))
        return [
            refund_payment(payment, cents, reason=reason, actor=actor, now=now, as_credit=as_credit)
            for payment, cents in plan
        ]


def refund_payment(
    payment: Payment,
    amount_cents: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    as_credit: bool = False,
) -> Refund:
    """Promise `amount_cents` back to where it came from; a job asks Stripe for it.

    With `as_credit` it is kept here instead where that may be; what was paid with credit always.

    Never more than was paid (RefundTooLarge, and a CHECK behind it). Late money goes back from
    where it was kept apart; any other from those the invoice was for, by a credit note.
    """
    require(can_move_money(actor))
    with transaction.atomic():
        lock(payment.invoice)
        lock(payment)
        left = payment.amount_cents - payment.refunded_cents - payment.lost_cents
        if payment.state != PaymentState.SUCCEEDED or amount_cents > left:
            raise RefundTooLarge(left if payment.state == PaymentState.SUCCEEDED else 0)
        payment.refunded_cents += amount_cents
        payment.save(update_fields=["refunded_cents"])
        refund = Refund(payment=payment, amount_cents=amount_cents, reason=reason, created_at=now)
        refund.is_credit = goes_to_credit(payment, as_credit=as_credit)
        refund.idempotency_key = f"refund-{refund.public_id}"
        refund.save()
        owed = Entry(Account.REFUNDS_OWED, -amount_cents, payment.payer)
        entries = [*_sources(refund), owed]
        post("refund.asked", f"refund.asked:{refund.public_id}", refund, entries, now=now)
        take_back(payment.invoice, now=now)
        changes = {"amount_cents": (None, amount_cents)}
        record("payments.refund.asked", refund, actor=actor, now=now, changes=changes)
        if refund.is_credit:
            keep_refund(refund, now=now)
        else:
            enqueue("payments.send_refund", refund_id=refund.pk)
            tell_refund_started(refund, now=now)
        if not payment.is_late:
            number = next_number("credit", now.year)
            CreditNote.objects.create(refund=refund, number=number, issued_at=now)
    return refund


def send_refund(refund: Refund, *, now: datetime) -> None:
    """Ask Stripe, or find what an earlier attempt asked before it could write it down."""
    payment = refund.payment
    if refund.state != RefundState.PENDING or is_disputed(payment):
        return  # while the bank has the money nothing can go back; its decision takes this up
    answer = gateway.find_refund(intent_id=payment.stripe_intent_id, refund_ref=refund.public_id)
    if answer is None:
        reach("refund.before_call")
        answer = _ask_refund(refund, now)
        reach("refund.after_call")
    if answer is not None:
        apply_refund(refund, answer, now=now)


def refresh_refund(refund: Refund, *, now: datetime) -> None:
    """Ask Stripe how a refund of ours stands, and write it down."""
    answer = gateway.find_refund(
        intent_id=refund.payment.stripe_intent_id, refund_ref=refund.public_id
    )
    if answer is not None:
        apply_refund(refund, answer, now=now)


def apply_refund(refund: Refund, answer: gateway.RefundAnswer, *, now: datetime) -> None:
    """Write down how the refund stands at Stripe; telling it again changes nothing."""
    with transaction.atomic():
        lock(refund.payment.invoice)
        lock(refund)
        if refund.stripe_refund_id != answer.id:
            refund.stripe_refund_id = answer.id
            refund.save(update_fields=["stripe_refund_id"])
        if answer.status == "succeeded" and refund.state == RefundState.PENDING:
            _settle(refund, now)
        elif answer.status in {"failed", "canceled"} and refund.state != RefundState.FAILED:
            _fail(refund, answer, now)


def _ask_refund(refund: Refund, now: datetime) -> gateway.RefundAnswer | None:
    """None where Stripe refuses: it is asked again later, each time after twice as long."""
    try:
        return gateway.create_refund(
            intent_id=refund.payment.stripe_intent_id,
            amount_cents=refund.amount_cents,
            refund_ref=refund.public_id,
            key=refund.idempotency_key,
            mails_details_to=refund.mails_details_to,
        )
    except gateway.AnswerKept:
        # Safe because each attempt reads its key before it looks for a refund already made.
        Refund.objects.filter(pk=refund.pk).update(idempotency_key=f"refund-{new_public_id()}")
        raise
    except gateway.GatewayRefused as refused:
        _note_refusal(refund, str(refused), now)
        return None


def _note_refusal(refund: Refund, why: str, now: datetime) -> None:
    """Trying again may not help, as after a dispute that was lost: finance may end it."""
    with transaction.atomic():
        lock(refund)
        refund.refusals += 1
        refund.refusal = why[:200]
        refund.try_again_at = now + min(FIRST_PAUSE * 2 ** min(refund.refusals, 11), LONGEST_PAUSE)
        refund.save(update_fields=["refusals", "refusal", "try_again_at"])
        open_case(
            REFUSED,
            refund,
            title=f"Refund of {Money(refund.amount_cents)} is refused: {why}",
            queue=Queue.FINANCE,
            due_at=now,
            actor=SYSTEM,
            now=now,
        )


def _settle(refund: Refund, now: datetime) -> None:
    transition(refund, RefundState.SUCCEEDED, actor=SYSTEM, now=now, succeeded_at=now)
    key = f"refund.done:{refund.public_id}"
    post("refund.done", key, refund, _left_entries(refund), now=now)
    settle_case(REFUSED, refund, decision="sent", note="", actor=SYSTEM, now=now)
    tell_refund_done(refund, now=now)


def _fail(refund: Refund, answer: gateway.RefundAnswer, now: datetime) -> None:
    """The bank sent it back: still owed, and a person of finance takes over.

    It had left our balance before it came back, also when we never heard that it did.
    """
    left = _left_entries(refund)
    post("refund.done", f"refund.done:{refund.public_id}", refund, left, now=now)
    back = reversed_of(left)
    post("refund.returned", f"refund.returned:{refund.public_id}", refund, back, now=now)
    transition(
        refund,
        RefundState.FAILED,
        actor=SYSTEM,
        now=now,
        failure_reason=answer.failure_reason[:120],
    )
    open_case(
        "payments.refund_failed",
        refund,
        title=f"Refund of {Money(refund.amount_cents)} came back: {answer.failure_reason}",
        queue=Queue.FINANCE,
        due_at=now,
        actor=SYSTEM,
        now=now,
    )
    tell_refund_failed(refund, now=now)


def _left_entries(refund: Refund) -> list[Entry]:
    return [
        Entry(Account.REFUNDS_OWED, refund.amount_cents, refund.payment.payer),
        Entry(Account.STRIPE_BALANCE, -refund.amount_cents),
    ]


def _sources(refund: Refund) -> list[Entry]:
    payment, invoice = refund.payment, refund.payment.invoice
    if payment.is_late:
        return [Entry(Account.UNALLOCATED, refund.amount_cents, payment.payer)]
    after = gone_cents(invoice)
    return reversed_of(shares_between(invoice, after - refund.amount_cents, after))
