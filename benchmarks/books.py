"""`make bench-books`: webhooks a second, and 1,000,000 ledger entries held against Stripe.

The entries are written and measured in one transaction, which is rolled back.
"""
# ruff: noqa: E402 -- models can only be imported once Django is set up

import json
import logging
import os
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import django
import structlog

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone

from payments.actions.checkout import Share, start_checkout
from payments.actions.invoices import LineSpec, open_invoice
from payments.actions.parties import payer_without_account, platform_party, provider_party
from payments.actions.reconcile import GRACE, match_booked
from payments.models import (
    BalanceTransaction,
    Invoice,
    LedgerEntry,
    LedgerTransaction,
    Party,
    Payment,
    StripeEvent,
)
from payments.queries import balances, ledger_faults
from payments.queries.books import balances_at, entries_of_month, on_their_way, only_in_ledger
from payments.queries.statements import lines_of, statements_of
from payments.rules import month_of
from payments.tasks import process_stored_event
from usce.devstack.demo.copying import around_triggers, copy_in
from usce.devstack.stripe_sandbox import SandboxServer
from usce.devstack.stripe_sandbox.events import signature
from usce.permissions import SYSTEM

CHARGES = int(os.environ.get("CHARGES", "200000"))  # five ledger entries each
PROVIDERS = 200
LIVES = 40  # paid invoices, of which Stripe tells with several events each
EXPORTED = 100_000
SECRET = "whsec_bench"  # noqa: S105 -- of this bench alone
THEN = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = 10**9  # keys of what is rolled back
FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
    FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
"""  # looked up a million times for rows that are rolled back
OWN = ("id", "public_id", "number", "invoice_id", "idempotency_key")
FILLED = (Invoice, Payment, LedgerTransaction, LedgerEntry, BalanceTransaction)


def report_books() -> None:
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet, cache_logger_on_first_use=False)
    with SandboxServer() as sandbox:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_bench", sandbox.base_url
        settings.STRIPE_WEBHOOK_SECRETS, settings.ALLOWED_HOSTS = [SECRET], ["*"]
        _webhooks(sandbox)
    with transaction.atomic():
        begun = time.perf_counter()
        party = _fill()
        print(f"\n{5 * CHARGES:,} ledger entries copied in {time.perf_counter() - begun:.0f} s")
        print("                                      s   peak MB")
        _checks(party)
        transaction.set_rollback(True)


def _webhooks(sandbox: SandboxServer) -> None:
    """Signed requests through all of Django; then the worker's part, which asks Stripe again."""
    for _number in range(LIVES):
        sandbox.control("pay", session=_open_page().stripe_session_id)
    told = sandbox.store.all("event")[::-1]
    client, begun = Client(), time.perf_counter()
    for event in told:
        body = json.dumps(event).encode()
        headers = {"Stripe-Signature": signature(body, SECRET, int(time.time()))}
        client.post("/webhooks/stripe", body, "application/json", headers=headers)
    stored = time.perf_counter() - begun
    ids = StripeEvent.objects.filter(event_id__in=[event["id"] for event in told])
    begun = time.perf_counter()
    for pk in ids.order_by("id").values_list("pk", flat=True):
        process_stored_event(pk)
    processed = time.perf_counter() - begun
    many = len(told)
    print(f"{many} webhooks: {many / stored:.0f} stored a second, {many / processed:.0f} processed")


def _open_page() -> Payment:
    now, payer = timezone.now(), payer_without_account("Bench", "bench@example.test")
    lines = [
        LineSpec("Rotation", provider_party("Bench", money_path=""), 54_000),
        LineSpec("Platform fee", platform_party(), 6_000),
    ]
    invoice = open_invoice(
        payer=payer, purpose="Deposit", lines=lines,
        due_at=now + timedelta(minutes=35), actor=SYSTEM, now=now,
    )  # fmt: skip
    return start_checkout(
        invoice, actor=SYSTEM, share=Share(payer=payer), expires_at=invoice.due_at,
        success_path="/", cancel_path="/", now=now,
    )  # fmt: skip


def _checks(party: Party) -> None:
    now = timezone.now()
    month = month_of(THEN)
    _timed("balance of every account", balances)
    _timed("the same at a month's end", lambda: balances_at(now))
    _timed("whole check of the ledger", lambda: ledger_faults(None))
    _timed("nightly match", lambda: match_booked(now=now))
    _timed("match with nothing new", lambda: match_booked(now=now + timedelta(hours=1)))
    _timed("a provider's months", lambda: statements_of(party, now))
    _timed(f"its {CHARGES // PROVIDERS:,} lines", lambda: _run(lines_of(party, month)))
    lines = islice(entries_of_month(month), EXPORTED)
    _timed(f"export of {EXPORTED:,} entries", lambda: _run(lines))
    alone = list(only_in_ledger(now - GRACE))
    print(f"unmatched {on_their_way()}, in the ledger alone {len(alone)}")


def _timed(what: str, call: Callable[[], object]) -> None:
    begun = time.perf_counter()
    call()
    taken = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:<34} {taken:6.2f}  {peak:6d}")


def _run(rows: Iterable[object]) -> None:
    for _row in rows:
        pass


def _fill() -> Party:
    """Charges of one month, each with its fee, and what Stripe booked of them."""
    payer = Party.objects.create(kind="person", name="Bench")
    parties = [provider_party(f"Bench {n}", money_path="") for n in range(PROVIDERS)]
    with around_triggers(*FILLED):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute(FOREIGN_KEYS, [[model._meta.db_table for model in FILLED]])  # noqa: SLF001
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)
        _copy_like(_invoice(payer))
        _copy_like(_payment(payer))
        told = ["id", "unique_key", "kind", "at", "subject_type", "subject_id"]
        copy_in(LedgerTransaction, told, _transactions())
        entry = ["transaction_id", "account", "amount_cents", "party_id"]
        copy_in(LedgerEntry, entry, _entries([party.pk for party in parties]))
        booked = ["stripe_id", "kind", "net_cents", "fee_cents", "source_id", "ledger_key"]
        copy_in(BalanceTransaction, [*booked, "fee_key", "booked_at"], _booked())
    return parties[0]


def _copy_like(one: models.Model) -> None:
    """As many rows like this one as there are charges, each with keys of its own."""
    fields = one._meta.concrete_fields  # noqa: SLF001 -- Django's documented model API
    row = {str(field.column): getattr(one, field.attname) for field in fields}
    own = [name for name in OWN if name in row]
    rows = ([*(row | dict.fromkeys(own, n)).values()] for n in _numbers())
    copy_in(type(one), list(row), rows)


def _numbers() -> range:
    return range(FIRST, FIRST + CHARGES)


def _at(number: int) -> datetime:
    return THEN + timedelta(seconds=10 * (number - FIRST))


def _invoice(payer: Party) -> Invoice:
    return Invoice(
        payer=payer, payer_name=payer.name, purpose="Deposit", total_cents=60_000, state="paid",
        due_at=THEN, opened_at=THEN, paid_at=THEN,
    )  # fmt: skip


def _payment(payer: Party) -> Payment:
    return Payment(
        payer=payer, amount_cents=60_000, state="succeeded", expires_at=THEN, created_at=THEN,
        succeeded_at=THEN,
    )  # fmt: skip


def _transactions() -> Iterator[list[object]]:
    for n in _numbers():
        about = [_at(n), "payments.payment", n]
        yield [2 * n, f"payment:bench{n}", "payment.received", *about]
        yield [2 * n + 1, f"fee:bench{n}", "payment.fee", *about]


def _entries(parties: list[int]) -> Iterator[list[object]]:
    for n in _numbers():
        yield [2 * n, "stripe_balance", 60_000, None]
        yield [2 * n, "held_for_payees", -54_000, parties[n % PROVIDERS]]
        yield [2 * n, "platform_fees", -6_000, None]
        yield [2 * n + 1, "stripe_fees", 1_770, None]
        yield [2 * n + 1, "stripe_balance", -1_770, None]


def _booked() -> Iterator[list[object]]:
    for n in _numbers():
        keys = [f"payment:bench{n}", f"fee:bench{n}"]
        yield [f"txn_bench{n}", "charge", 58_230, 1_770, "ch", *keys, _at(n)]


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    report_books()
