"""The only writer of the ledger: one transaction per economic event, however often it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from payments.models import (
    Account,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    LedgerTransaction,
    LineKind,
    Party,
)
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
    """`amount_cents` of the invoice as credits to those it is for, in proportion to their parts.

    The last payee takes the cents that do not divide. A discount stands as an entry of its own
    beside the share of the payee who bears it; the two together are that payee's part.
    """
    parts = _parts_of(invoice)
    entries, left = [], amount_cents
    for place, part in enumerate(parts, start=1):
        is_last = place == len(parts)
        share = left if is_last else amount_cents * part.net_cents // invoice.total_cents
        borne = amount_cents * part.discount_cents // invoice.total_cents
        entries.append(Entry(part.account, -share - borne, part.payee))
        if part.discount_cents:
            entries.append(Entry(part.account, borne, part.payee))
        left -= share
    return entries


@dataclass
class _Part:
    account: Account
    payee: Party
    net_cents: int = 0
    discount_cents: int = 0


def _parts_of(invoice: Invoice) -> list[_Part]:
    """What each payee gets of the invoice, and what a state gets, in the order of its lines."""
    parts: dict[tuple[Account, int], _Part] = {}
    for line in invoice.lines.select_related("payee"):
        account = _account_of(line)
        part = parts.setdefault((account, line.payee_id), _Part(account, line.payee))
        part.net_cents += line.amount_cents
        part.discount_cents -= min(line.amount_cents, 0)
    return list(parts.values())


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


def _account_of(line: InvoiceLine) -> Account:
    if line.kind == LineKind.TAX:
        return Account.TAX_PAYABLE
    ours = line.payee.kind == PartyKind.PLATFORM
    return Account.PLATFORM_FEES if ours else Account.HELD_FOR_PAYEES
