from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from payments.models import (
    Account,
    CreditNote,
    Dispute,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    LedgerTransaction,
    LineKind,
    NewDetails,
    Payment,
    Refund,
    RefundEnding,
    StripeEvent,
)
from payments.queries.credit import misstated_credit
from payments.states import LIVE_DISPUTE, OPEN_PAYMENT, InvoiceState, PaymentState, RefundState
from usce.accounts.models import StaffRole, User
from usce.money import Money

UNANSWERED_AFTER = timedelta(minutes=2)
OWING = ("refund.asked", "refund.done", "refund.returned", "refund.by_bank", "refund.by_hand")
"""The ledger's keys of what a refund promises, pays and gets back."""


def invoices_for(user: User) -> QuerySet[Invoice]:
    """What the person may see: the invoices of parties she belongs to; finance sees all."""
    invoices = Invoice.objects.select_related("payer")
    if user.has_staff_role(StaffRole.FINANCE):
        return invoices
    return invoices.filter(payer__members__user=user)


def refunds() -> QuerySet[Refund]:
    return Refund.objects.select_related(
        "payment__invoice__payer", "payment__payer", "replaced_by", "credit_note"
    )


def credit_notes_of(invoice: Invoice) -> QuerySet[CreditNote]:
    return CreditNote.objects.filter(refund__payment__invoice=invoice).select_related(
        "refund__payment__invoice"
    )


def refunded_tax_cents(refund: Refund) -> int:
    """How much of the refund is a tax that goes back with it."""
    entries = LedgerEntry.objects.filter(
        transaction__unique_key=f"refund.asked:{refund.public_id}", account=Account.TAX_PAYABLE
    )
    total: int = entries.aggregate(total=Sum("amount_cents", default=0))["total"]
    return total


def live_details(refund: Refund) -> NewDetails | None:
    """The other way that was asked for and not refused."""
    live = NewDetails.objects.filter(refund=refund, refused_at__isnull=True)
    return live.select_related("asked_by", "agreed_by").first()


def live_ending(refund: Refund) -> RefundEnding | None:
    """The end that was asked for and not refused."""
    live = RefundEnding.objects.filter(refund=refund, refused_at__isnull=True)
    return live.select_related("asked_by", "agreed_by").first()


def owed_cents(refund: Refund) -> int:
    """What the payer is still owed of it: a bank may have given a part after a dispute."""
    payment = refund.payment
    refunds, disputes = payment.refunds.all(), payment.disputes.all()
    keys = [f"{kind}:{one.public_id}" for one in refunds for kind in OWING]
    keys += [f"dispute.lost:{one.public_id}" for one in disputes]
    entries = LedgerEntry.objects.filter(
        transaction__unique_key__in=keys, account=Account.REFUNDS_OWED
    )
    owed: int = -entries.aggregate(total=Sum("amount_cents", default=0))["total"]
    unsent = Q(state=RefundState.PENDING) | Q(state=RefundState.FAILED, replaced_by__isnull=True)
    others = payment.refunds.filter(unsent).exclude(pk=refund.pk)
    owed -= others.aggregate(total=Sum("amount_cents", default=0))["total"]
    return max(0, min(owed, refund.amount_cents))


def counted_payments(*invoices: Invoice) -> QuerySet[Payment]:
    """The money that paid for the invoices; late money paid for nothing."""
    return Payment.objects.filter(invoice__in=invoices, state=PaymentState.SUCCEEDED, is_late=False)


def paid_cents(invoice: Invoice) -> int:
    return _sum(counted_payments(invoice), "amount_cents")


def paid_by_invoice(invoices: Sequence[Invoice]) -> dict[int, int]:
    """What each of them was paid with, by its key, in one question."""
    rows = counted_payments(*invoices).values_list("invoice").annotate(Sum("amount_cents"))
    sums = dict(rows)
    return {invoice.pk: sums.get(invoice.pk, 0) for invoice in invoices}


def left_cents(invoice: Invoice) -> int:
    """What is still asked for; nothing once it is paid or given up."""
    if invoice.state != InvoiceState.OPEN:
        return 0
    return invoice.total_cents - paid_cents(invoice)


def charged_lines(lines: Iterable[InvoiceLine]) -> list[tuple[str, int]]:
    """Each part of the price less what was taken off it, in cents; none is ever below zero.

    Stripe's page takes no line below zero, so a discount stands in the label of what it lessens.
    """
    parts: list[tuple[str, int]] = []
    for line in lines:
        if line.kind != LineKind.DISCOUNT:
            parts.append((line.label, line.amount_cents))
            continue
        label, cents = parts.pop()
        taken = f"{label}, less {line.label} {Money(-line.amount_cents)}"
        parts.append((taken, cents + line.amount_cents))
    return [(label, cents) for label, cents in parts if cents]


def gone_cents(invoice: Invoice) -> int:
    """What of the money went back, or to a bank that decided against us."""
    counted = counted_payments(invoice)
    return _sum(counted, "refunded_cents") + _sum(counted, "lost_cents")


def refund_plan(invoices: Sequence[Invoice], amount_cents: int) -> list[tuple[Payment, int]]:
    """How much of the sum goes back on which payment: the newest first, none more than it paid."""
    payments = Payment.objects.filter(
        invoice__in=invoices, state=PaymentState.SUCCEEDED, is_late=False
    ).select_related("invoice", "payer")
    plan, left = [], amount_cents
    for payment in payments.order_by("-succeeded_at", "-id"):
        part = min(left, payment.amount_cents - payment.refunded_cents - payment.lost_cents)
        if part > 0:
            plan.append((payment, part))
            left -= part
    return plan


def _sum(payments: QuerySet[Payment], field: str) -> int:
    total: int = payments.aggregate(total=Sum(field, default=0))["total"]
    return total


def overdue_payments(now: datetime) -> QuerySet[Payment]:
    """Open payments whose page should have closed, and whose event never told us so."""
    return Payment.objects.filter(
        state__in=OPEN_PAYMENT, expires_at__lt=now - UNANSWERED_AFTER
    ).select_related("invoice__payer")


def unanswered_refunds(now: datetime) -> QuerySet[Refund]:
    return Refund.objects.filter(
        ~Exists(Dispute.objects.filter(payment=OuterRef("payment"), state__in=LIVE_DISPUTE)),
        ~Exists(RefundEnding.objects.filter(refund=OuterRef("pk"), refused_at__isnull=True)),
        Q(try_again_at__isnull=True) | Q(try_again_at__lte=now),
        state=RefundState.PENDING,
        created_at__lt=now - UNANSWERED_AFTER,
    ).select_related("payment__invoice__payer")


def failed_refunds() -> QuerySet[Refund]:
    """Refunds that a bank sent back and that nothing has replaced, the oldest first."""
    return (
        Refund.objects.filter(state=RefundState.FAILED, replaced_by__isnull=True)
        .select_related("payment__invoice", "payment__payer")
        .order_by("id")
    )


def stripe_events(state: str) -> QuerySet[StripeEvent]:
    """What Stripe told us, newest first; with a state, those in it."""
    rows = StripeEvent.objects.filter(state=state) if state else StripeEvent.objects.all()
    return rows.order_by("-id")


def balances() -> dict[str, int]:
    """Each account's balance in cents, debit positive."""
    sums = dict(LedgerEntry.objects.values_list("account").annotate(Sum("amount_cents")))
    return {account.value: sums.get(account.value, 0) for account in Account}


def ledger_faults(stripe_balance_cents: int | None) -> list[str]:
    """What does not agree: each a sentence for finance; empty when all does.

    `stripe_balance_cents` is what Stripe says it holds; None leaves that comparison out.
    """
    faults = [
        *(f"Ledger transaction {key} is out of balance." for key in _unbalanced()),
        *(f"Payment {p} succeeded without a ledger transaction." for p in _unposted()),
        *(f"Invoice {i} is paid, but its payments are of another sum." for i in _unpaid()),
        *(f"Payment {p} refunds another sum than its refunds." for p in _misrefunded()),
        *(f"Credit of party {p} is of another sum in the ledger." for p in misstated_credit()),
    ]
    held = balances()[Account.STRIPE_BALANCE]
    if stripe_balance_cents is not None and held != stripe_balance_cents:
        faults.append(f"The ledger holds {held} cents at Stripe, Stripe {stripe_balance_cents}.")
    return faults


def _unbalanced() -> QuerySet[LedgerTransaction, str]:
    sums = LedgerTransaction.objects.annotate(total=Sum("entries__amount_cents"))
    return sums.filter(~Q(total=0)).values_list("unique_key", flat=True)


def _unposted() -> QuerySet[Payment, str]:
    posted = LedgerTransaction.objects.filter(kind="payment.received", subject_id=OuterRef("pk"))
    paid = Payment.objects.filter(~Exists(posted), state=PaymentState.SUCCEEDED)
    return paid.values_list("public_id", flat=True)


def _unpaid() -> QuerySet[Invoice, str]:
    counted = Q(payments__state=PaymentState.SUCCEEDED, payments__is_late=False)
    sums = Invoice.objects.annotate(
        received=Sum("payments__amount_cents", filter=counted, default=0)
    )
    return (
        sums.filter(state=InvoiceState.PAID)
        .exclude(received=F("total_cents"))
        .values_list("public_id", flat=True)
    )


def _misrefunded() -> QuerySet[Payment, str]:
    stands = Q(refunds__replaced_by__isnull=True, refunds__of_credit__isnull=True)
    sums = Payment.objects.annotate(asked=Sum("refunds__amount_cents", filter=stands, default=0))
    return sums.exclude(asked=F("refunded_cents")).values_list("public_id", flat=True)
