"""What is owed: opened once, never changed, paid or voided once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from payments.actions.numbers import next_number
from payments.models import Invoice, InvoiceLine, LineKind, Party
from payments.signals import invoice_paid
from payments.states import OPEN_PAYMENT, InvoiceState, PaymentState
from usce.audit.actions import record
from usce.jobs.actions import enqueue
from usce.permissions import Actor
from usce.states import lock, transition


@dataclass(frozen=True)
class LineSpec:
    label: str
    payee: Party
    amount_cents: int
    is_tax: bool = False

    @property
    def kind(self) -> LineKind:
        """What is below zero takes from what its payee gets: a discount."""
        if self.is_tax:
            return LineKind.TAX
        return LineKind.DISCOUNT if self.amount_cents < 0 else LineKind.PRICE


def open_invoice(
    *,
    payer: Party,
    purpose: str,
    lines: Sequence[LineSpec],
    due_at: datetime,
    actor: Actor,
    now: datetime,
    mails_receipts: bool = True,
) -> Invoice:
    """Write down what `payer` owes, and to whom. An invoice of zero settles itself."""
    with transaction.atomic():
        invoice = Invoice.objects.create(
            payer=payer,
            payer_name=payer.name,
            purpose=purpose,
            total_cents=sum(line.amount_cents for line in lines),
            opened_at=now,
            due_at=due_at,
            mails_receipts=mails_receipts,
        )
        InvoiceLine.objects.bulk_create(
            InvoiceLine(
                invoice=invoice,
                label=line.label,
                payee=line.payee,
                payee_name=line.payee.name,
                kind=line.kind,
                amount_cents=line.amount_cents,
            )
            for line in lines
        )
        changes = {"total_cents": (None, invoice.total_cents)}
        record("payments.invoice.opened", invoice, actor=actor, now=now, changes=changes)
        if invoice.total_cents == 0:
            settle(invoice, actor=actor, now=now)
    return invoice


def settle(invoice: Invoice, *, actor: Actor, now: datetime) -> None:
    """Mark the locked invoice paid, give it its number, and tell of it on commit."""
    transition(
        invoice,
        InvoiceState.PAID,
        actor=actor,
        now=now,
        paid_at=now,
        number=next_number("receipt", now.year),
    )
    transaction.on_commit(lambda: invoice_paid.send_robust(sender=Invoice, invoice_id=invoice.pk))


def void_invoice(invoice: Invoice, *, actor: Actor, now: datetime, reason: str) -> bool:
    """Give up what was owed; False when it has been paid already.

    The open payment is canceled with it, and a job closes its Checkout page. Money that still
    arrives on it is refunded by itself.
    """
    with transaction.atomic():
        lock(invoice)
        if invoice.state == InvoiceState.PAID:
            return False
        if invoice.state == InvoiceState.OPEN:
            transition(
                invoice, InvoiceState.VOID, actor=actor, now=now, reason=reason, voided_at=now
            )
        for payment in invoice.payments.filter(state__in=OPEN_PAYMENT):
            transition(payment, PaymentState.CANCELED, actor=actor, now=now, reason=reason)
            enqueue("payments.close_checkout", payment_id=payment.pk)
    return True
