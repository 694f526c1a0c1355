"""Disputes as finance works them, and what we can show for a charge."""

from django.db.models import QuerySet

from payments.models import Dispute, Payment, Refund
from payments.states import LIVE_DISPUTE, RefundState
from usce.money import Money


def disputes() -> QuerySet[Dispute]:
    return Dispute.objects.select_related("payment__invoice__payer", "submitted_by").order_by("-id")


def live_disputes() -> QuerySet[Dispute]:
    return disputes().filter(state__in=LIVE_DISPUTE)


def is_disputed(payment: Payment) -> bool:
    """Whether a bank has the charge's money and has not decided yet."""
    return payment.disputes.filter(state__in=LIVE_DISPUTE).exists()


def pending_refunds_of(payment: Payment) -> QuerySet[Refund]:
    return (
        payment.refunds.filter(state=RefundState.PENDING)
        .select_related("payment__invoice__payer")
        .order_by("id")
    )


def unreturned_refunds_of(payment: Payment) -> QuerySet[Refund]:
    """Refunds that came back and go no other way yet."""
    return payment.refunds.filter(state=RefundState.FAILED, replaced_by__isnull=True).order_by("id")


def receipts_text(payment: Payment) -> str:
    """What was charged, for what, and what went back, as plain lines."""
    invoice = payment.invoice
    paid = f"{payment.succeeded_at:%d %B %Y %H:%M} UTC" if payment.succeeded_at else "not yet"
    told = [
        f"Receipt {invoice.number or invoice.public_id}: {invoice.purpose}",
        *(
            f"{line.label}, to {line.payee.name}: {Money(line.amount_cents)}"
            for line in invoice.lines.select_related("payee")
        ),
        f"Charged {Money(payment.amount_cents)} on {paid} on Stripe's hosted page.",
        *(
            f"Refund of {Money(refund.amount_cents)} ({refund.reason}): {refund.state}"
            for refund in payment.refunds.order_by("id")
        ),
    ]
    return "\n".join(told)
