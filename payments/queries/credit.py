"""Refunds kept here at their payers' choice: what is left of them, and how they moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from payments.models import Account, Credit, Dispute, Invoice, LedgerEntry, Party, Payment, Refund
from payments.models.party import PartyKind
from payments.queries.disputes import is_disputed
from payments.rules import credit_for
from payments.states import LIVE_DISPUTE, PaymentState
from usce.accounts.models import User

WORDS = {
    "credit.kept": "Kept as credit",
    "payment.received": "Paid with credit",
    "refund.asked": "Sent back to the card",
    "credit.by_bank": "Given back by your bank after a dispute",
}

SUMS = ("party__public_id", "cents")


@dataclass(frozen=True)
class Movement:
    """A change of somebody's credit; below zero where it was used."""

    at: datetime
    what: str
    invoice: Invoice
    cents: int


def credits_for(user: User) -> QuerySet[Credit]:
    """The person's own, each with the charge that it came from, newest first."""
    mine = Credit.objects.filter(party__members__user=user, party__kind=PartyKind.PERSON)
    return mine.select_related("party", "refund__payment__invoice").order_by("-id")


def unspent_of(party_id: int) -> QuerySet[Credit]:
    """What can be paid with, the oldest first; a bank may have the money of the others."""
    disputed = Dispute.objects.filter(
        payment__refunds__credit=OuterRef("pk"), state__in=LIVE_DISPUTE
    )
    left = Credit.objects.filter(
        ~Exists(disputed), used_cents__lt=F("amount_cents"), party=party_id
    )
    return left.order_by("id")


def left_of(credits_: Sequence[Credit]) -> int:
    return sum(one.left_cents for one in credits_)


def usable_cents(invoice: Invoice, left_cents: int) -> int:
    """How much of what is left of the invoice its payer could pay with credit now."""
    return credit_for(left_cents, left_of(list(unspent_of(invoice.payer_id)))) if left_cents else 0


def goes_to_credit(payment: Payment, *, as_credit: bool) -> bool:
    """What was paid with credit goes back to it; other money only as the one who owed chose.

    Never what somebody else paid in her place, and nothing that a bank has at the moment.
    """
    if payment.credit_id:
        return True
    is_own = payment.payer_id == payment.invoice.payer_id and not payment.is_late
    return as_credit and is_own and not is_disputed(payment)


def paid_with(payment: Payment) -> QuerySet[Payment]:
    """What was paid with the credit that came from this charge, the newest first."""
    spent = Payment.objects.filter(
        credit__refund__payment=payment, state=PaymentState.SUCCEEDED
    ).select_related("invoice", "payer")
    return spent.order_by("-id")


def movements_of(party: Party, most: int) -> list[Movement]:
    """The ledger's own entries, newest first."""
    entries = LedgerEntry.objects.filter(account=Account.CREDIT, party=party)
    rows = list(
        entries.order_by("-id").values_list(
            "amount_cents", "transaction__at", "transaction__kind",
            "transaction__subject_type", "transaction__subject_id",
        )[:most]
    )  # fmt: skip
    payments = Payment.objects.select_related("invoice").in_bulk(_ids(rows, "payments.payment"))
    refunds = Refund.objects.select_related("payment__invoice").in_bulk(
        _ids(rows, "payments.refund")
    )
    disputes = Dispute.objects.select_related("payment__invoice").in_bulk(
        _ids(rows, "payments.dispute")
    )
    found = []
    for cents, at, kind, label, pk in rows:
        about = refunds.get(pk) if label == "payments.refund" else disputes.get(pk)
        payment = payments[pk] if about is None else about.payment
        found.append(Movement(at, WORDS[kind], payment.invoice, -cents))
    return found


def misstated_credit() -> list[str]:
    """Parties whose credit is of another sum in the ledger."""
    left = Credit.objects.values("party__public_id").annotate(
        cents=Sum(F("amount_cents") - F("used_cents"))
    )
    told = LedgerEntry.objects.filter(account=Account.CREDIT).values("party__public_id")
    books = told.annotate(cents=-Sum("amount_cents"))
    rows, said = dict(left.values_list(*SUMS)), dict(books.values_list(*SUMS))
    return sorted(party for party in rows | said if rows.get(party, 0) != said.get(party, 0))


def _ids(rows: list[tuple[int, datetime, str, str, int]], label: str) -> list[int]:
    return [row[4] for row in rows if row[3] == label]
