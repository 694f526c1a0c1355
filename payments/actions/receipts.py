"""Money has arrived: it pays what is open, or goes back by itself."""

from datetime import datetime

from django.db import transaction

from payments import gateway
from payments.actions.invoices import settle
from payments.actions.ledger import Entry, post, shares_between
from payments.actions.refunds import LATE, refund_payment
from payments.models import Account, Invoice, Payment, SavedCard
from payments.notifications import tell_received
from payments.queries import paid_cents
from payments.states import InvoiceState, PaymentState
from usce.audit.actions import record
from usce.cases.actions import open_case
from usce.cases.models import Queue
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM
from usce.states import lock, transition


class AmountMismatch(Exception):  # noqa: N818 -- kept with the event; a case tells finance
    pass


def receive_money(payment: Payment, session: gateway.Session, *, now: datetime) -> None:
    """Record the charge of a paid session, once, whoever tells of it and how often.

    An open invoice is paid by it, or a part of it. One that is void or paid, or that asks for
    less by now, makes it late money: kept apart in the ledger and refunded in full. A sum that is
    not ours opens a case instead.
    """
    if (session.amount_cents, session.currency) != (payment.amount_cents, "usd"):
        open_case(
            "payments.amount_mismatch",
            payment,
            title=f"Stripe charged another sum than payment {payment.public_id} asks",
            queue=Queue.FINANCE,
            due_at=now,
            actor=SYSTEM,
            now=now,
        )
        raise AmountMismatch(f"{session.amount_cents} {session.currency}")
    with transaction.atomic():
        invoice = lock(payment.invoice)
        lock(payment)
        if payment.state == PaymentState.SUCCEEDED:
            _post_fee(payment, session.fee_cents, now)  # Stripe may name its fee later
            return
        before = paid_cents(invoice)
        left = invoice.total_cents - before if invoice.state == InvoiceState.OPEN else 0
        transition(
            payment,
            PaymentState.SUCCEEDED,
            actor=SYSTEM,
            now=now,
            stripe_session_id=session.id,
            stripe_intent_id=session.intent_id,
            card=session.card[:40],
            is_late=payment.amount_cents > left,
            succeeded_at=now,
        )
        _keep_card(payment, session, now)
        _post_fee(payment, session.fee_cents, now)
        if payment.is_late:
            late = Entry(Account.UNALLOCATED, -payment.amount_cents, payment.payer)
            _post_receipt(payment, [late], now)
            refund_payment(payment, payment.amount_cents, reason=LATE, actor=SYSTEM, now=now)
        else:
            _pay(invoice, payment, before, now)


def _keep_card(payment: Payment, session: gateway.Session, now: datetime) -> None:
    """With money that came too late nothing is kept, and Stripe lets go of the card."""
    if not payment.keeps_card or not session.method_id:
        return
    card = SavedCard.objects.create(
        payment=payment,
        stripe_method_id=session.method_id,
        card=session.card[:40],
        saved_at=now,
        removed_at=now if payment.is_late else None,
    )
    record("payments.card.kept", card, actor=SYSTEM, now=now)
    if payment.is_late:
        enqueue("payments.let_go_card", card_id=card.pk)


def _pay(invoice: Invoice, payment: Payment, before: int, now: datetime) -> None:
    after = before + payment.amount_cents
    if after == invoice.total_cents:
        settle(invoice, actor=SYSTEM, now=now)
    _post_receipt(payment, shares_between(invoice, before, after), now)
    tell_received(payment, left_cents=invoice.total_cents - after, now=now)


def _post_receipt(payment: Payment, credits_: list[Entry], now: datetime) -> None:
    entries = [Entry(Account.STRIPE_BALANCE, payment.amount_cents), *credits_]
    post("payment.received", f"payment:{payment.public_id}", payment, entries, now=now)


def _post_fee(payment: Payment, fee_cents: int, now: datetime) -> None:
    if fee_cents:
        entries = [
            Entry(Account.STRIPE_FEES, fee_cents),
            Entry(Account.STRIPE_BALANCE, -fee_cents),
        ]
        post("payment.fee", f"fee:{payment.public_id}", payment, entries, now=now)
