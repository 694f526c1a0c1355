"""The only writer of the ledger: one transaction per economic event, however often it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from payments.models import Account, Invoice, LedgerEntry, LedgerTransaction, Party
from payments.models.party import PartyKind


@dataclass(frozen=True)
class Entry:
    """Debit positive, credit negative, in cents."""

    account: Account
    amount_cents: int
    party: Party | None = None


def post(
    kind: str, unique_key: str, subject: models.Model, entries: Sequence[Entry], *, now: datetime
) -> bool:
    """Write the entries once per `unique_key`; False when they are there already.

    Must run inside the transaction of the change. Entries of zero are left out; the database
    refuses at commit what does not sum to zero.
    """
    told, created = LedgerTransaction.objects.get_or_create(
        unique_key=unique_key,
        defaults={
            "kind": kind,
            "at": now,
            "subject_type": subject._meta.label_lower,  # noqa: SLF001 -- Django's documented model API
            "subject_id": subject.pk,
        },
    )
    if created:
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                transaction=told,
                account=entry.account,
                party=entry.party,
                amount_cents=entry.amount_cents,
            )
            for entry in entries
            if entry.amount_cents
        )
    return created


def shares_of(invoice: Invoice, amount_cents: int) -> list[Entry]:
    """`amount_cents` of the invoice as credits to those it is for, in proportion to its lines.

    The last line takes the cents that do not divide.
    """
    lines = list(invoice.lines.select_related("payee"))
    entries, left = [], amount_cents
    for line in lines[:-1]:
        part = amount_cents * line.amount_cents // invoice.total_cents
        entries.append(_credit(line.payee, part))
        left -= part
    return [*entries, _credit(lines[-1].payee, left)]


def shares_between(invoice: Invoice, before_cents: int, after_cents: int) -> list[Entry]:
    """What the step from one running total of the invoice to another adds to each share.

    The difference of two totals: many small sums add up to each share, to the cent.
    """
    after = shares_of(invoice, after_cents)
    before = shares_of(invoice, before_cents)
    return [
        Entry(a.account, a.amount_cents - b.amount_cents, a.party)
        for a, b in zip(after, before, strict=True)
    ]


def reversed_of(entries: Sequence[Entry]) -> list[Entry]:
    return [Entry(e.account, -e.amount_cents, e.party) for e in entries]


def _credit(payee: Party, cents: int) -> Entry:
    ours = payee.kind == PartyKind.PLATFORM
    account = Account.PLATFORM_FEES if ours else Account.HELD_FOR_PAYEES
    return Entry(account, -cents, payee)
