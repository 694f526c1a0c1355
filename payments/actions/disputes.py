"""A bank disputes a charge: money is kept back, evidence sent, and the outcome booked."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from payments.actions.calls import begin_call, note_answer, trying
from payments.actions.credit import take_by_bank
from payments.actions.ledger import Entry, post, reversed_of, shares_between
from payments.actions.transfers import hold_payment, lift_payment, take_back
from payments.gateway import connect
from payments.models import Account, Dispute, Invoice, Payment, Refund
from payments.notifications import tell_refund_done
from payments.notifications.payouts import tell_dispute
from payments.permissions import can_move_money
from payments.queries import gone_cents
from payments.queries.credit import paid_with
from payments.queries.disputes import (
    pending_refunds_of,
    receipts_text,
    unreturned_refunds_of,
)
from payments.signals import evidence_wanted
from payments.states import DisputeState, RefundState
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.crashpoints import reach
from usce.errors import Refused
from usce.jobs.actions import enqueue
from usce.money import Money
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition
from usce.text import clean_text

CASE = "payments.dispute"
RETURNED = "payments.refund_failed"
CALL = "dispute.submit"
LONGEST_FIELD = 20_000
STATES = {
    "needs_response": DisputeState.NEEDS_RESPONSE,
    "warning_needs_response": DisputeState.NEEDS_RESPONSE,
    "under_review": DisputeState.UNDER_REVIEW,
    "warning_under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "charge_refunded": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
}


class AlreadyAnswered(Refused):
    def __init__(self) -> None:
        super().__init__("The bank has its answer already; it hears us once.")


def apply_dispute(answer: connect.DisputeAnswer, *, now: datetime) -> Dispute | None:
    """Write down how the dispute stands at Stripe now; None when the charge is not ours.

    In the lock order: invoices, payments, dispute. Telling it again changes nothing. What was
    paid elsewhere with credit from the charge shares its fate.
    """
    payment = Payment.objects.filter(stripe_intent_id=answer.intent_id or "-").first()
    if payment is None:
        return None
    with transaction.atomic():
        for invoice in _invoices_of(payment):
            lock(invoice)
        lock(payment)
        dispute = Dispute.objects.filter(stripe_dispute_id=answer.id).first()
        if dispute is None:
            dispute = _open(payment, answer, now)
        lock(dispute)
        for stripe_id, cents, fee_cents in answer.moves:
            _post_move(dispute, stripe_id, cents, fee_cents, now)
        _move(dispute, STATES.get(answer.status, DisputeState.NEEDS_RESPONSE), now)
    return dispute


def pack_of(dispute: Dispute) -> dict[str, str]:
    """The evidence as it stands now: field of Stripe's -> text; what is empty stays out.

    Slices above add what they know by answering `evidence_wanted`.
    """
    invoice = dispute.payment.invoice
    pack = {"uncategorized_text": receipts_text(dispute.payment)}
    answers: Any = evidence_wanted.send(Dispute, invoice=invoice)
    for _receiver, told in answers:
        for name, text in told.items():
            pack[name] = "\n\n".join(part for part in (pack.get(name, ""), text) if part)
    return {name: text[:LONGEST_FIELD] for name, text in pack.items() if text}


def submit_dispute(dispute: Dispute, *, rebuttal: str, actor: Actor, now: datetime) -> None:
    """Send the pack and our own words to the bank, once. Call it outside a transaction."""
    require(can_move_money(actor))
    with transaction.atomic():
        lock(dispute)
        if dispute.state != DisputeState.NEEDS_RESPONSE:
            raise AlreadyAnswered
        words = {"cancellation_rebuttal": clean_text(rebuttal)[:LONGEST_FIELD]}
        dispute.pack = pack_of(dispute) | {name: text for name, text in words.items() if text}
        dispute.submitted_by_id = getattr(actor, "pk", None)
        dispute.save(update_fields=["pack", "submitted_by"])
        call = begin_call(CALL, dispute, now=now)
        record("payments.dispute.submitted", dispute, actor=actor, now=now)
    answer = connect.fetch_dispute(dispute.stripe_dispute_id)
    if answer.status in ("needs_response", "warning_needs_response"):
        reach("dispute.before_call")
        with trying(call, now=now):
            answer = connect.submit_evidence(
                dispute.stripe_dispute_id, dispute.pack, key=call.idempotency_key
            )
        reach("dispute.after_call")
    with transaction.atomic():
        note_answer(call, answer.id, now=now)
    apply_dispute(answer, now=now)
    dispute.refresh_from_db()


def _open(payment: Payment, answer: connect.DisputeAnswer, now: datetime) -> Dispute:
    dispute = Dispute.objects.create(
        payment=payment,
        stripe_dispute_id=answer.id,
        amount_cents=answer.amount_cents,
        reason=answer.reason[:60],
        opened_at=now,
        due_at=answer.due_at,
    )
    changes = {"amount_cents": (None, answer.amount_cents)}
    record("payments.dispute.opened", dispute, actor=SYSTEM, now=now, changes=changes)
    for one in (payment, *paid_with(payment)):
        hold_payment(one, now=now)
    open_case(
        CASE,
        dispute,
        title=f"Dispute of {Money(answer.amount_cents)}: {payment.invoice.purpose}",
        queue=Queue.FINANCE,
        due_at=answer.due_at or now,
        actor=SYSTEM,
        now=now,
    )
    _tell(dispute, now, is_over=False)
    return dispute


def _post_move(dispute: Dispute, stripe_id: str, cents: int, fee_cents: int, now: datetime) -> None:
    entries = [
        Entry(Account.DISPUTED, -cents, dispute.payment.payer),
        Entry(Account.STRIPE_FEES, fee_cents),
        Entry(Account.STRIPE_BALANCE, cents - fee_cents),
    ]
    post("dispute.moved", f"dispute:{stripe_id}", dispute, entries, now=now)


def _move(dispute: Dispute, to: DisputeState, now: datetime) -> None:
    if to not in dispute.transitions[dispute.state]:
        return
    if to == DisputeState.UNDER_REVIEW:
        transition(dispute, to, actor=SYSTEM, now=now, submitted_at=now)
        return
    transition(dispute, to, actor=SYSTEM, now=now, closed_at=now)
    if to == DisputeState.LOST:
        _lose(dispute, now)
    for one in (dispute.payment, *paid_with(dispute.payment)):
        lift_payment(one, now=now)
    for refund in pending_refunds_of(dispute.payment):
        enqueue("payments.send_refund", unique_key=refund.public_id, refund_id=refund.pk)
    settle_case(CASE, dispute, decision=to.value, note="", actor=SYSTEM, now=now)
    _tell(dispute, now, is_over=True)


def _lose(dispute: Dispute, now: datetime) -> None:
    """The bank keeps the money: first for refunds that are owed or kept here as credit.

    The rest comes from whom it was for, and at last from what was paid with credit of it.
    """
    payment, left, owed = dispute.payment, dispute.amount_cents, 0
    lock(payment)
    for refund in (*pending_refunds_of(payment), *unreturned_refunds_of(payment)):
        if refund.amount_cents <= left:
            _refunded_by_bank(refund, now)
            left -= refund.amount_cents
        else:
            owed += refund.amount_cents
    left -= take_by_bank(dispute, left, now=now)
    lost = min(left, payment.amount_cents - payment.refunded_cents - payment.lost_cents)
    payment.lost_cents += lost
    payment.save(update_fields=["lost_cents"])
    left -= _lose_spent(dispute, max(left - lost - owed, 0), now)
    entries = [
        *_sources(payment, lost),
        # A part of a refund that is still to be sent: the payer has this much of it already.
        Entry(Account.REFUNDS_OWED, left - lost, payment.payer),
        Entry(Account.DISPUTED, -left, payment.payer),
    ]
    post("dispute.lost", f"dispute.lost:{dispute.public_id}", dispute, entries, now=now)
    take_back(payment.invoice, now=now)


def _lose_spent(dispute: Dispute, most: int, now: datetime) -> int:
    """From whom it was for, of what was paid with credit that came from the charge."""
    lost = 0
    for paid in paid_with(dispute.payment):
        lock(paid)
        part = min(most - lost, paid.amount_cents - paid.refunded_cents - paid.lost_cents)
        if part:
            paid.lost_cents += part
            paid.save(update_fields=["lost_cents"])
            entries = [
                *_sources(paid, part),
                Entry(Account.DISPUTED, -part, dispute.payment.payer),
            ]
            key = f"dispute.lost:{dispute.public_id}:{paid.public_id}"
            post("dispute.lost", key, dispute, entries, now=now)
            take_back(paid.invoice, now=now)
            lost += part
    return lost


def _invoices_of(payment: Payment) -> list[Invoice]:
    """Its own, and those paid with credit from it, in the order in which they are locked."""
    spent = paid_with(payment).values("invoice")
    rows = Invoice.objects.filter(pk__in=spent) | Invoice.objects.filter(pk=payment.invoice_id)
    return list(rows.order_by("pk"))


def _sources(payment: Payment, cents: int) -> list[Entry]:
    """Whose money was lost: of those it was for, or of nobody yet."""
    if payment.is_late:
        return [Entry(Account.UNALLOCATED, cents, payment.payer)]
    gone = gone_cents(payment.invoice)
    return reversed_of(shares_between(payment.invoice, gone - cents, gone))


def _refunded_by_bank(refund: Refund, now: datetime) -> None:
    """One that came back stays as it ended; what the bank did takes its place."""
    if refund.state == RefundState.FAILED:
        settle_case(RETURNED, refund, decision="by_bank", note="", actor=SYSTEM, now=now)
        refund = Refund(
            payment=refund.payment,
            amount_cents=refund.amount_cents,
            reason=refund.reason,
            replaces=refund,
            of_credit=refund.of_credit,
            created_at=now,
        )
        refund.idempotency_key = f"refund-{refund.public_id}"
        refund.save()
    transition(refund, RefundState.SUCCEEDED, actor=SYSTEM, now=now, succeeded_at=now)
    payer = refund.payment.payer
    entries = [
        Entry(Account.REFUNDS_OWED, refund.amount_cents, payer),
        Entry(Account.DISPUTED, -refund.amount_cents, payer),
    ]
    post("refund.by_bank", f"refund.by_bank:{refund.public_id}", refund, entries, now=now)
    tell_refund_done(refund, now=now)


def _tell(dispute: Dispute, now: datetime, *, is_over: bool) -> None:
    path = reverse("payments:invoice", args=[dispute.payment.invoice.public_id])
    tell_dispute(dispute, path=path, is_over=is_over, now=now)
