"""The books: what is matched with Stripe, what differs, what a month holds, what nobody claims."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max, Min, Q, QuerySet, Sum

from payments.models import (
    Account,
    BalanceTransaction,
    Difference,
    LedgerEntry,
    LedgerTransaction,
    MonthClose,
    Party,
)
from payments.rules import month_after, month_of, start_of
from payments.states import DifferenceState
from usce.paging import later_than

PAGE = 1000
UNCLAIMED_AFTER = timedelta(days=90)
CLAIMABLE = (Account.REFUNDS_OWED, Account.UNALLOCATED, Account.CREDIT, Account.PAYOUTS_DUE)
ONLY_IN_LEDGER = """
SELECT told.id, sum(entry.amount_cents)
FROM payments_ledgertransaction told
JOIN payments_ledgerentry entry
    ON entry.transaction_id = told.id AND entry.account = 'stripe_balance'
WHERE told.id = ANY(%(ids)s) AND told.kind <> 'repair'
    AND NOT EXISTS (SELECT FROM payments_balancetransaction WHERE ledger_key = told.unique_key)
    AND NOT EXISTS (SELECT FROM payments_balancetransaction
                    WHERE fee_key = told.unique_key AND fee_key <> '')
    AND NOT EXISTS (SELECT FROM payments_difference WHERE ledger_transaction_id = told.id)
GROUP BY told.id HAVING sum(entry.amount_cents) <> 0 ORDER BY told.id
"""


@dataclass(frozen=True)
class Unclaimed:
    """Money of somebody that nothing has moved for a long time."""

    account: str
    party: Party
    cents: int
    since: datetime


def unmatched(before: datetime) -> QuerySet[BalanceTransaction]:
    """Booked before then, matched by nothing, and not yet known to differ."""
    return BalanceTransaction.objects.filter(
        matched_at__isnull=True, booked_at__lt=before, difference__isnull=True
    ).order_by("id")


def on_their_way() -> int:
    """Booked by Stripe and not matched yet, differences aside."""
    rows = BalanceTransaction.objects.filter(matched_at__isnull=True, difference__isnull=True)
    return rows.count()


def matched_since(now: datetime) -> list[Difference]:
    """Differences whose money has come to agree."""
    rows = Difference.objects.filter(
        state=DifferenceState.OPEN, balance_transaction__matched_at=now
    )
    return list(rows)


def ledger_cents_of(row: BalanceTransaction) -> int | None:
    """What the ledger holds of it; None when it knows nothing of it."""
    keys = [key for key in (row.ledger_key, row.fee_key) if key]
    entries = LedgerEntry.objects.filter(
        account=Account.STRIPE_BALANCE, transaction__unique_key__in=keys
    )
    total: int | None = entries.aggregate(total=Sum("amount_cents"))["total"]
    return total


def unmatched_pages(size: int) -> Iterator[list[int]]:
    """The keys of all that is not matched yet, a page at a time, those known to differ too."""
    rows = BalanceTransaction.objects.filter(matched_at__isnull=True).order_by("id")
    page = list(rows.values_list("id", flat=True)[:size])
    while page:
        yield page
        page = list(rows.filter(id__gt=page[-1]).values_list("id", flat=True)[:size])


def only_in_ledger(before: datetime, size: int = PAGE) -> Iterator[tuple[int, int]]:
    """Ledger transactions and their cents at Stripe, of which Stripe has booked nothing.

    What is older than Stripe's first movement is not looked at: it came from another book.
    """
    first = BalanceTransaction.objects.aggregate(first=Min("booked_at"))["first"]
    if first is None:
        return
    told = LedgerTransaction.objects.filter(at__gte=first, at__lt=before).order_by("at", "id")
    page = list(told.values_list("at", "id")[:size])
    while page:
        with connection.cursor() as cursor:
            cursor.execute(ONLY_IN_LEDGER, {"ids": [pk for _at, pk in page]})
            found = cursor.fetchall()
        yield from ((int(pk), int(cents)) for pk, cents in found)
        page = list(later_than(told, *page[-1], by="at").values_list("at", "id")[:size])


def differences() -> QuerySet[Difference]:
    return Difference.objects.select_related("balance_transaction", "ledger_transaction").order_by(
        "-id"
    )


def open_differences() -> QuerySet[Difference]:
    return differences().filter(state=DifferenceState.OPEN)


def open_differences_in(start: datetime, end: datetime) -> bool:
    booked = Q(balance_transaction__booked_at__gte=start, balance_transaction__booked_at__lt=end)
    told = Q(ledger_transaction__at__gte=start, ledger_transaction__at__lt=end)
    return open_differences().filter(booked | told).exists()


def closed_months() -> QuerySet[MonthClose]:
    return MonthClose.objects.select_related("closed_by").order_by("-month")


def first_open_month() -> date | None:
    """The month after the last closed one, or that of the first entry; None without entries."""
    last = closed_months().first()
    if last is not None:
        return month_after(last.month)
    first = LedgerTransaction.objects.order_by("at").first()
    return month_of(first.at) if first else None


def closable_month(now: datetime) -> date | None:
    """The month that could be closed next; None while it is still running."""
    month = first_open_month()
    return month if month is not None and month < month_of(now) else None


def balances_at(end: datetime) -> dict[str, int]:
    """Each account's balance in cents before that instant, debit positive."""
    rows = LedgerEntry.objects.filter(transaction__at__lt=end).values_list("account")
    sums = dict(rows.annotate(Sum("amount_cents")))
    return {account.value: sums.get(account.value, 0) for account in Account}


def named(balances: dict[str, int]) -> list[tuple[str, int]]:
    """Balances with the accounts in words, in the chart's order."""
    return [(account.label, balances.get(account.value, 0)) for account in Account]


def unclaimed(now: datetime) -> list[Unclaimed]:
    """What we owe to somebody and nobody has moved for 90 days, the largest first."""
    rows = (
        LedgerEntry.objects.filter(account__in=CLAIMABLE, party__isnull=False)
        .values("account", "party")
        .annotate(cents=Sum("amount_cents"), since=Max("transaction__at"))
        .filter(cents__lt=0, since__lt=now - UNCLAIMED_AFTER)
        .order_by("cents")[:100]
    )
    parties = Party.objects.in_bulk([row["party"] for row in rows])
    return [
        Unclaimed(Account(r["account"]).label, parties[r["party"]], -r["cents"], r["since"])
        for r in rows
    ]


def entries_of_month(month: date) -> Iterator[list[str | int]]:
    """The month's ledger, a line an entry, a thousand transactions at a time."""
    told = LedgerTransaction.objects.filter(
        at__gte=start_of(month), at__lt=start_of(month_after(month))
    ).order_by("at", "id")
    page = list(told.values_list("at", "id")[:PAGE])
    while page:
        rows = LedgerEntry.objects.filter(transaction__in=[pk for _at, pk in page]).values_list(
            "transaction__at", "transaction__kind", "transaction__unique_key", "account",
            "party__public_id", "amount_cents",
        )  # fmt: skip
        for at, *words, party, cents in rows.order_by("transaction__at", "transaction", "id"):
            yield [at.isoformat(), *words, party or "", cents]
        page = list(later_than(told, *page[-1], by="at").values_list("at", "id")[:PAGE])
