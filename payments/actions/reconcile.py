"""Every movement that Stripe booked, held against the ledger; what differs becomes a case."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection, transaction

from payments.actions.ledger import Entry, post
from payments.gateway import connect
from payments.models import (
    Account,
    BalanceTransaction,
    Difference,
    DifferenceKind,
    LedgerTransaction,
    Party,
    Repair,
)
from payments.permissions import can_move_money, can_see_money
from payments.queries.books import (
    PAGE,
    ledger_cents_of,
    matched_since,
    only_in_ledger,
    unmatched,
    unmatched_pages,
)
from payments.states import DifferenceState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.errors import Refused
from usce.money import Money
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition
from usce.text import clean_text

MATCHED = """
UPDATE payments_balancetransaction SET matched_at = %(now)s FROM (
    SELECT want.id FROM (
        SELECT id, net_cents, ledger_key AS key FROM payments_balancetransaction
            WHERE id = ANY(%(ids)s) AND ledger_key <> ''
        UNION ALL
        SELECT id, net_cents, fee_key FROM payments_balancetransaction
            WHERE id = ANY(%(ids)s) AND fee_key <> ''
    ) want
    JOIN payments_ledgertransaction told ON told.unique_key = want.key
    JOIN payments_ledgerentry entry
        ON entry.transaction_id = told.id AND entry.account = 'stripe_balance'
    GROUP BY want.id, want.net_cents HAVING sum(entry.amount_cents) = want.net_cents
) hit WHERE hit.id = payments_balancetransaction.id AND matched_at IS NULL
"""
OVERLAP = timedelta(hours=1)
GRACE = timedelta(days=1)
"""So long a webhook may be late before what Stripe has and we have not is a difference."""

CASE = "payments.difference"
MOST_AT_ONCE = 500
KEYS = {
    "charge": "payment",
    "payment": "payment",
    "refund": "refund.done",
    "payment_refund": "refund.done",
    "refund_failure": "refund.returned",
    "transfer": "payout.paid",
    "transfer_refund": "reversal.done",
}
# Movements that nobody of ours asked for: Stripe's word is the record.
TO_BANK = ("payout", "payout_failure", "payout_cancel", "topup", "topup_reversal")
FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee")


class OtherPersonNeeded(Refused):
    def __init__(self) -> None:
        super().__init__("You proposed this repair; somebody else of finance approves it.")


class RepairEnded(Refused):
    def __init__(self) -> None:
        super().__init__("This repair was approved or dropped in the meantime.")


def fetch_booked(*, now: datetime) -> int:
    """Store what Stripe booked since the last time; how many are new.

    By key, from the newest row that is an hour old: what was booked in the same moment as our
    last page is asked for again, and kept once.
    """
    settled = BalanceTransaction.objects.filter(booked_at__lt=now - OVERLAP)
    anchor = settled.order_by("-booked_at", "-id").first()
    if anchor is None:
        return _store(_everything(), now)
    made, cursor, more = 0, anchor.stripe_id, True
    while more:
        page, more = connect.newer_than(cursor)
        made += _store(page, now)
        cursor = page[-1].id if page else cursor
    return made


def match_booked(*, now: datetime, page: int = PAGE) -> int:
    """Match what is not matched yet; open a case for what still differs after a day.

    A page a transaction, each found by its keys: neither the time of a statement nor memory grows
    with the books. How many differences are new.
    """
    for ids in unmatched_pages(page):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(MATCHED, {"now": now, "ids": ids})
    with transaction.atomic():
        for found in matched_since(now):
            _settle(found, DifferenceState.EXPLAINED, "It matched later.", SYSTEM, now)
    found_now = 0
    for row in unmatched(now - GRACE)[:MOST_AT_ONCE]:
        found_now += _differs(row, now)
    for ledger_id, cents in islice(only_in_ledger(now - GRACE, page), MOST_AT_ONCE):
        found_now += _only_ours(ledger_id, cents, now)
    return found_now


def explain_difference(difference: Difference, *, note: str, actor: Actor, now: datetime) -> None:
    """No entry is needed; the words say why."""
    require(can_see_money(actor))
    _settle(difference, DifferenceState.EXPLAINED, clean_text(note), actor, now)


def propose_repair(
    difference: Difference,
    *,
    account: Account,
    party: Party | None,
    note: str,
    actor: User,
    now: datetime,
) -> Repair:
    """One person says on which account the money that differs belongs."""
    require(can_see_money(actor))
    with transaction.atomic():
        if lock(difference).state != DifferenceState.OPEN:
            raise RepairEnded
        difference.repairs.filter(dropped_at__isnull=True).update(dropped_at=now)
        repair = Repair.objects.create(
            difference=difference,
            account=account,
            party=party,
            note=clean_text(note),
            proposed_by=actor,
            proposed_at=now,
        )
        changes = {"account": (None, account.value)}
        record("payments.repair.proposed", repair, actor=actor, now=now, changes=changes)
    return repair


def approve_repair(repair: Repair, *, actor: Actor, now: datetime) -> None:
    """Another person agrees: the ledger gets the entry that makes it agree with Stripe."""
    require(can_move_money(actor))
    difference = repair.difference
    with transaction.atomic():
        lock(difference)
        fresh = Repair.objects.select_for_update(no_key=True).get(pk=repair.pk)
        if fresh.approved_at or fresh.dropped_at or difference.state != DifferenceState.OPEN:
            raise RepairEnded
        if fresh.proposed_by_id == getattr(actor, "pk", None):
            raise OtherPersonNeeded
        fresh.approved_by_id, fresh.approved_at = getattr(actor, "pk", None), now
        fresh.save(update_fields=["approved_by", "approved_at"])
        cents = difference.stripe_cents - difference.ledger_cents
        entries = [
            Entry(Account.STRIPE_BALANCE, cents),
            Entry(Account(fresh.account), -cents, fresh.party),
        ]
        post("repair", f"repair:{fresh.public_id}", fresh, entries, now=now)
        record("payments.repair.approved", fresh, actor=actor, now=now)
        if difference.balance_transaction_id:
            rows = BalanceTransaction.objects.filter(pk=difference.balance_transaction_id)
            rows.update(matched_at=now)
        _settle(difference, DifferenceState.REPAIRED, fresh.note, actor, now)


def _everything() -> list[connect.Booked]:
    """The first time: all that Stripe ever booked for us, oldest first."""
    found: list[connect.Booked] = []
    cursor, more = "", True
    while more:
        page, more = connect.older_than(cursor)
        found = [*page, *found]
        cursor = page[0].id if page else cursor
    return found


def _store(page: Sequence[connect.Booked], now: datetime) -> int:
    before = BalanceTransaction.objects.count()
    with transaction.atomic():
        BalanceTransaction.objects.bulk_create(map(_row, page), ignore_conflicts=True)
        ids = [booked.id for booked in page if booked.kind in (*TO_BANK, *FEES)]
        for row in BalanceTransaction.objects.filter(stripe_id__in=ids):
            account = Account.BANK if row.kind in TO_BANK else Account.STRIPE_FEES
            entries = [Entry(account, -row.net_cents), Entry(Account.STRIPE_BALANCE, row.net_cents)]
            post("stripe.moved", row.ledger_key, row, entries, now=now)
    return BalanceTransaction.objects.count() - before


def _row(booked: connect.Booked) -> BalanceTransaction:
    key = ""
    if booked.kind in KEYS and booked.ref:
        key = f"{KEYS[booked.kind]}:{booked.ref}"
    elif booked.kind == "adjustment" and booked.source_id.startswith(("du_", "dp_")):
        key = f"dispute:{booked.id}"
    elif booked.kind in (*TO_BANK, *FEES):
        key = f"stripe.moved:{booked.id}"
    has_fee = key.startswith("payment:") and booked.fee_cents
    return BalanceTransaction(
        stripe_id=booked.id,
        kind=booked.kind[:40],
        net_cents=booked.net_cents,
        fee_cents=booked.fee_cents,
        source_id=booked.source_id,
        ledger_key=key,
        fee_key=f"fee:{booked.ref}" if has_fee else "",
        booked_at=booked.booked_at,
    )


def _differs(row: BalanceTransaction, now: datetime) -> int:
    known = ledger_cents_of(row)
    return _open(
        Difference(
            kind=DifferenceKind.MISSING if known is None else DifferenceKind.AMOUNT,
            balance_transaction=row,
            stripe_cents=row.net_cents,
            ledger_cents=known or 0,
            found_at=now,
        ),
        f"Stripe {row.kind} {row.stripe_id}: {Money(row.net_cents)}, ours {Money(known or 0)}",
    )


def _only_ours(ledger_id: int, cents: int, now: datetime) -> int:
    told = LedgerTransaction.objects.get(pk=ledger_id)
    return _open(
        Difference(
            kind=DifferenceKind.LEDGER_ONLY,
            ledger_transaction=told,
            stripe_cents=0,
            ledger_cents=cents,
            found_at=now,
        ),
        f"Ledger {told.unique_key}: {Money(cents)}, Stripe has nothing",
    )


def _open(difference: Difference, title: str) -> int:
    with transaction.atomic():
        difference.save()
        open_case(
            CASE,
            difference,
            title=title,
            queue=Queue.FINANCE,
            due_at=difference.found_at,
            actor=SYSTEM,
            now=difference.found_at,
        )
    return 1


def _settle(
    difference: Difference, to: DifferenceState, note: str, actor: Actor, now: datetime
) -> None:
    with transaction.atomic():
        transition(difference, to, actor=actor, now=now, settled_at=now, note=note)
        settle_case(CASE, difference, decision=to.value, note=note[:2000], actor=SYSTEM, now=now)
