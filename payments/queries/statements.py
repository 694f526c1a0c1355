"""A provider's month as the ledger tells it: what came, what went, and what is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from payments.models import (
    Account,
    Dispute,
    LedgerEntry,
    MonthClose,
    Party,
    Payment,
    Payout,
    Refund,
    Reversal,
    Transfer,
)
from payments.models.party import PartyKind
from payments.rules import month_after, month_of, start_of
from usce.money import Money

PAGE = 500
COLUMNS = {
    Account.HELD_FOR_PAYEES: "held",
    Account.PAYOUTS_DUE: "due",
    Account.RECEIVABLES: "owed",
}
WORDS = {
    "payment.received": "Share of a payment",
    "refund.asked": "Refund to the payer",
    "dispute.lost": "Lost to a bank's decision",
    "transfer.released": "Released",
    "payout.paid": "Paid out",
    "reversal.asked": "To be taken back",
    "reversal.done": "Taken back",
    "repair": "Correction",
}
# What a line is about, by the model's label: the rows, and the path to the words that name it.
SUBJECTS: dict[str, tuple[QuerySet[Any], str]] = {
    "payments.payment": (Payment.objects.select_related("invoice"), "invoice.purpose"),
    "payments.refund": (
        Refund.objects.select_related("payment__invoice"), "payment.invoice.purpose",
    ),
    "payments.dispute": (
        Dispute.objects.select_related("payment__invoice"), "payment.invoice.purpose",
    ),
    "payments.transfer": (Transfer.objects.all(), "label"),
    "payments.payout": (Payout.objects.select_related("transfer"), "transfer.label"),
    "payments.reversal": (
        Reversal.objects.select_related("payout__transfer"), "payout.transfer.label",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Balance:
    """What is held for a party, on its way to it, and owed by it, in cents; or a change of it."""

    held: int = 0
    due: int = 0
    owed: int = 0

    @property
    def total(self) -> int:
        """What the party is still to get; below zero it owes us."""
        return self.held + self.due - self.owed

    def __add__(self, other: "Balance") -> "Balance":
        return Balance(self.held + other.held, self.due + other.due, self.owed + other.owed)


@dataclass(frozen=True)
class Statement:
    """A month in which something moved. It is final once the month is closed."""

    month: date
    opening: Balance
    closing: Balance
    is_final: bool


@dataclass(frozen=True)
class Line:
    at: datetime
    what: str
    label: str
    note: str
    change: Balance


def statements_of(party: Party, now: datetime) -> list[Statement]:
    """Each month that is over and in which something moved, newest first."""
    last = MonthClose.objects.order_by("-month").first()
    rows: Any = (
        _entries(party)
        .filter(transaction__at__lt=start_of(month_of(now)))
        .annotate(month=TruncMonth("transaction__at", tzinfo=UTC))
        .values("month")
        .annotate(**_sums())
        .order_by("month")
    )
    found, opening = [], Balance()
    for row in rows:
        month = row["month"].date()
        closing = opening + _balance(row)
        is_final = last is not None and month <= last.month
        found.append(Statement(month, opening, closing, is_final))
        opening = closing
    return found[::-1]


def statement_of(party: Party, month: date, now: datetime) -> Statement | None:
    return next((told for told in statements_of(party, now) if told.month == month), None)


def closing_of(party: Party, month: date) -> Balance:
    """The party's balance at the end of that month."""
    until = _entries(party).filter(transaction__at__lt=start_of(month_after(month)))
    return _balance(until.aggregate(**_sums()))


def lines_of(party: Party, month: date) -> Iterator[Line]:
    """What moved, in the order in which it was written; some hundred lines at a time."""
    rows: Any = (
        _entries(party)
        .filter(
            transaction__at__gte=start_of(month), transaction__at__lt=start_of(month_after(month))
        )
        .values(
            *("transaction_id", "transaction__at", "transaction__kind"),
            *("transaction__subject_type", "transaction__subject_id"),
        )
        .annotate(**_sums())
        .order_by("transaction_id")
    )
    page = list(rows[:PAGE])
    while page:
        yield from _told(page)
        page = list(rows.filter(transaction_id__gt=page[-1]["transaction_id"])[:PAGE])


def providers_with_lines(month: date) -> QuerySet[Party]:
    """The providers for whom something moved in the month."""
    entries = LedgerEntry.objects.filter(
        account__in=COLUMNS,
        transaction__at__gte=start_of(month),
        transaction__at__lt=start_of(month_after(month)),
    )
    moved = entries.order_by().values("party")
    return Party.objects.filter(kind=PartyKind.PROVIDER, pk__in=moved).order_by("pk")


def _entries(party: Party) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(party=party, account__in=COLUMNS)


def _sums() -> dict[str, Sum]:
    return {
        f"{name}_cents": Sum("amount_cents", filter=Q(account=account), default=0)
        for account, name in COLUMNS.items()
    }


def _balance(row: dict[str, Any]) -> Balance:
    """Credits are what we owe, so they count as money of the party."""
    return Balance(-row["held_cents"], -row["due_cents"], row["owed_cents"])


def _told(page: list[dict[str, Any]]) -> Iterator[Line]:
    subjects = _subjects(page)
    fees = _fees(page)
    for row in page:
        kind, change = row["transaction__kind"], _balance(row)
        subject = subjects.get((row["transaction__subject_type"], row["transaction__subject_id"]))
        yield Line(
            at=row["transaction__at"],
            what=WORDS.get(kind, "Other"),
            label=_label(subject),
            note=_note(subject, change, fees.get(row["transaction_id"], 0)),
            change=change,
        )


def _subjects(page: list[dict[str, Any]]) -> dict[tuple[str, int], Any]:
    found: dict[tuple[str, int], Any] = {}
    for kind, (rows, _path) in SUBJECTS.items():
        ids = {r["transaction__subject_id"] for r in page if r["transaction__subject_type"] == kind}
        if ids:
            found |= {(kind, pk): row for pk, row in rows.in_bulk(ids).items()}
    return found


def _fees(page: list[dict[str, Any]]) -> dict[int, int]:
    """Our own fee out of each payment, in cents."""
    ids = [r["transaction_id"] for r in page if r["transaction__kind"] == "payment.received"]
    ours = LedgerEntry.objects.filter(transaction__in=ids, account=Account.PLATFORM_FEES)
    sums = ours.order_by().values_list("transaction").annotate(Sum("amount_cents"))
    return {pk: -cents for pk, cents in sums}


def _label(subject: Any) -> str:
    if subject is None:
        return ""
    for name in SUBJECTS[subject._meta.label_lower][1].split("."):  # noqa: SLF001 -- documented
        subject = getattr(subject, name)
    return str(subject)


def _note(subject: Any, change: Balance, fee_cents: int) -> str:
    match subject:
        case Payment():
            return f"{Money(subject.amount_cents)} were paid, our fee {Money(fee_cents)}"
        case Transfer() if change.owed < 0:
            tranche = subject.get_tranche_display()
            return f"{tranche}; {Money(-change.owed)} set off against what was owed"
        case Transfer():
            return str(subject.get_tranche_display())
        case Payout():
            reference = subject.bank_reference or subject.stripe_transfer_id
            return ", ".join(part for part in (subject.get_method_display(), reference) if part)
        case Reversal() if change.due:
            return "Before it was sent"
        case _:
            return ""
