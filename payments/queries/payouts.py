"""What is on its way to providers, and what they owe."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, Model, OuterRef, QuerySet, Sum

from payments.models import (
    Account,
    Call,
    LedgerEntry,
    Method,
    Party,
    Payout,
    PayoutAccount,
    Reversal,
    Transfer,
    TransferHold,
)
from payments.states import CallState, PayoutState, ReversalState, TransferState

UNANSWERED_AFTER = timedelta(minutes=2)


def transfers_of(subject: Model) -> QuerySet[Transfer]:
    label = subject._meta.label_lower  # noqa: SLF001 -- Django's documented model API
    return Transfer.objects.filter(subject_type=label, subject_id=subject.pk).order_by("id")


def earned_transfers(now: datetime) -> QuerySet[Transfer]:
    """Confirmed by attendance, due, and kept back by nothing."""
    return (
        Transfer.objects.filter(
            state=TransferState.SCHEDULED, earned_at__isnull=False, due_at__lte=now
        )
        .select_related("payment__invoice", "payee")
        .order_by("due_at", "id")
    )


def transfers_to(party: Party) -> QuerySet[Transfer]:
    """Each tranche of the party, newest first, with what became of it."""
    return (
        Transfer.objects.filter(payee=party)
        .select_related("payout", "payee")
        .prefetch_related("holds")
        .order_by("-id")
    )


def paid_to(party: Party) -> QuerySet[Payout]:
    """What has reached the party, newest first."""
    paid = Payout.objects.filter(payee=party, state=PayoutState.PAID, amount_cents__gt=0)
    return paid.select_related("transfer").order_by("-id")


def all_transfers(state: str = "") -> QuerySet[Transfer]:
    rows = Transfer.objects.select_related("payout", "payee").prefetch_related("holds")
    rows = rows.filter(state=state) if state else rows
    return rows.order_by("-id")


def reason_of(transfer: Transfer) -> str:
    """Why it is held; empty when it is not."""
    return ", ".join(hold.reason for hold in transfer.holds.all() if hold.lifted_at is None)


def account_of(party: Party) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(party=party).first()


def receivables_of(party: Party) -> QuerySet[Reversal]:
    """What could not be taken back from the party and was not set off yet, the oldest first."""
    return Reversal.objects.filter(
        payout__payee=party,
        state=ReversalState.FAILED,
        collected_cents__lt=F("amount_cents"),
    ).order_by("id")


def owed_by(party: Party) -> int:
    rows = receivables_of(party).order_by()
    total = rows.aggregate(left=Sum(F("amount_cents") - F("collected_cents")))["left"]
    return total or 0


def balance_with(party: Party) -> dict[str, int]:
    """What is held for the party, on its way to it, and owed by it, in cents; each as positive."""
    sums = dict(
        LedgerEntry.objects.filter(party=party).values_list("account").annotate(Sum("amount_cents"))
    )
    return {
        "held": -sums.get(Account.HELD_FOR_PAYEES, 0),
        "due": -sums.get(Account.PAYOUTS_DUE, 0),
        "owed": sums.get(Account.RECEIVABLES, 0),
    }


def unsent_payouts(now: datetime) -> QuerySet[Payout]:
    """Pending payouts that could go: their payee's account at Stripe is ready."""
    ready = PayoutAccount.objects.filter(
        party=OuterRef("payee"), method=Method.CONNECT, is_ready=True
    )
    return Payout.objects.filter(
        Exists(ready), state=PayoutState.PENDING, created_at__lt=now - UNANSWERED_AFTER
    ).order_by("id")


def unsent_reversals(now: datetime) -> QuerySet[Reversal]:
    return Reversal.objects.filter(
        state=ReversalState.PENDING, created_at__lt=now - UNANSWERED_AFTER
    ).order_by("id")


def remittances() -> QuerySet[Payout]:
    """Bank remittances that finance has to send or to approve, the oldest first."""
    return (
        Payout.objects.filter(state=PayoutState.PENDING, method=Method.REMITTANCE)
        .select_related("payee__payout_account", "transfer", "recorded_by")
        .order_by("id")
    )


def failed_payouts() -> QuerySet[Payout]:
    return (
        Payout.objects.filter(state=PayoutState.FAILED, amount_cents__gt=0)
        .select_related("payee", "transfer")
        .order_by("id")
    )


def waiting_payouts() -> QuerySet[Payout]:
    """Payouts that wait for their payee to say where the money goes."""
    return (
        Payout.objects.filter(state=PayoutState.PENDING, method="")
        .select_related("payee", "transfer")
        .order_by("id")
    )


def failed_reversals() -> QuerySet[Reversal]:
    return (
        Reversal.objects.filter(state=ReversalState.FAILED, collected_cents__lt=F("amount_cents"))
        .select_related("payout__payee", "payout__transfer")
        .order_by("id")
    )


def waiting_calls() -> QuerySet[Call]:
    """Calls to Stripe that were begun and have no answer yet, the oldest first."""
    return Call.objects.filter(state=CallState.WAITING).order_by("made_at", "id")


def live_reasons(subject: Model) -> QuerySet[TransferHold, str]:
    """Why money of the subject is kept back now."""
    holds = TransferHold.objects.filter(transfer__in=transfers_of(subject), lifted_at__isnull=True)
    return holds.values_list("reason", flat=True)
