"""The books' questions read what they ask about, never a whole table, however large the books get.

The planner is told to read a whole table only where it has no other way, and to join by looking
up. So the answer depends on the indexes and the question, not on how many rows a test can afford.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.actions.parties import ensure_party_for, provider_party
from payments.actions.reconcile import match_booked
from payments.models import BalanceTransaction, Party
from payments.queries import balances
from payments.queries.books import entries_of_month, ledger_cents_of
from payments.queries.credit import movements_of
from payments.queries.payouts import balance_with
from payments.queries.statements import lines_of, statements_of
from usce.accounts.models import User

MONTH = dt.date(2026, 3, 1)
NOW = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)
CHARGES, PARTIES = 2_000, 40
BOOKS = {
    "payments_ledgertransaction",
    "payments_ledgerentry",
    "payments_balancetransaction",
}
SEED = """
INSERT INTO payments_ledgertransaction (unique_key, kind, at, subject_type, subject_id)
    SELECT 'payment:' || n, 'payment.received',
        timestamptz '2026-03-01 00:00Z' + n * interval '7 hours', 'payments.payment', n
    FROM generate_series(1, %(charges)s) n;
INSERT INTO payments_ledgerentry (transaction_id, account, amount_cents, party_id)
    SELECT id, 'stripe_balance', 60000, NULL FROM payments_ledgertransaction
    UNION ALL SELECT id, 'held_for_payees', -60000, (%(parties)s)[1 + subject_id %% %(count)s]
    FROM payments_ledgertransaction;
INSERT INTO payments_balancetransaction
    (stripe_id, kind, net_cents, fee_cents, source_id, ledger_key, fee_key, booked_at)
    SELECT 'txn_' || id, 'charge', 60000, 0, 'ch', unique_key, 'fee:' || id, at
    FROM payments_ledgertransaction;
ANALYZE payments_ledgertransaction, payments_ledgerentry, payments_balancetransaction;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL enable_hashjoin = off;
"""


@pytest.fixture
def books(db: None) -> Party:
    """Charges of many months for many providers, one of which is given."""
    parties = [provider_party(f"Lakeshore {n}", money_path="") for n in range(PARTIES)]
    told: dict[str, Any] = {
        "charges": CHARGES,
        "parties": [p.pk for p in parties],
        "count": PARTIES,
    }
    with connection.cursor() as cursor:
        cursor.execute(SEED, told)
    return parties[0]


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each part of the plan; but not an index's own beginning, of which a limit takes the first."""
    for part in plan.get("Plans", []):
        if plan["Node Type"] != "Limit" or "Filter" in part:
            yield part
        yield from nodes_of(part)


def whole_reads(ask: Callable[[], object]) -> set[str]:
    """The tables of the books that the questions asked by `ask` can only read from end to end."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    found = set()
    told = [q["sql"] for q in asked if q["sql"].startswith(("SELECT", "\nUPDATE", "\nSELECT"))]
    assert told
    with connection.cursor() as cursor:
        for sql in told:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            plan = cursor.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            found |= {
                node["Relation Name"]
                for node in nodes_of({"Node Type": "", "Plans": [plan[0]["Plan"]]})
                if is_whole(node)
            }
    return found & BOOKS


def is_whole(node: dict[str, Any]) -> bool:
    """Without an index, or along all of one that leaves nothing out."""
    if node["Node Type"] == "Seq Scan":
        return True
    return (
        node["Node Type"] in ("Index Scan", "Index Only Scan")
        and "Index Cond" not in node
        and node["Index Name"] not in PARTIAL
    )


PARTIAL = {"balance_unmatched"}


def every(rows: Iterator[object]) -> int:
    return sum(1 for _row in rows)


def test_balance_and_statement_of_a_provider_read_its_own_entries(books: Party) -> None:
    assert whole_reads(lambda: balance_with(books)) == set()
    assert whole_reads(lambda: statements_of(books, NOW)) == set()
    assert whole_reads(lambda: every(lines_of(books, MONTH))) == set()
    assert len(statements_of(books, NOW)) == 1


def test_export_of_a_month_reads_that_month(books: Party) -> None:
    assert whole_reads(lambda: every(entries_of_month(MONTH))) == set()
    assert 0 < every(entries_of_month(MONTH)) < CHARGES / 5


def test_nightly_match_reads_what_is_not_matched(books: Party) -> None:
    assert whole_reads(lambda: match_booked(now=NOW, page=500)) == set()
    assert not BalanceTransaction.objects.filter(matched_at__isnull=True).exists()
    assert whole_reads(lambda: match_booked(now=NOW)) == set()
    first = BalanceTransaction.objects.order_by("id")[0]
    assert whole_reads(lambda: ledger_cents_of(first)) == set()


def test_credit_reads_its_owners_rows(books: Party, amina: User) -> None:
    party = ensure_party_for(amina)
    assert whole_reads(lambda: movements_of(party, 100)) == set()


def test_sum_of_all_accounts_is_known_to_read_them_all(books: Party) -> None:
    """What shows that a whole reading would be seen."""
    assert whole_reads(balances) == {"payments_ledgerentry"}


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("ledger_at", lambda: every(entries_of_month(MONTH))),
        ("balance_ledger_key", lambda: match_booked(now=NOW)),
    ],
)
def test_missing_index_would_be_seen(books: Party, index: str, ask: Callable[[], object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")
    assert whole_reads(ask)
