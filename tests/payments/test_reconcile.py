"""Every movement that Stripe booked is in the ledger; what is not becomes a case."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from payments.actions.close import NotClosable, close_month
from payments.actions.ledger import Entry, post
from payments.actions.reconcile import (
    OtherPersonNeeded,
    RepairEnded,
    approve_repair,
    explain_difference,
    fetch_booked,
    match_booked,
    propose_repair,
)
from payments.models import Account, BalanceTransaction, Difference, MonthClose, Repair
from payments.queries import books
from payments.rules import month_of
from payments.tasks import reconcile
from tests.conftest import person
from tests.factories.payments import InvoiceFactory
from tests.payments.conftest import Desk
from tests.payments.house import House, held
from usce.accounts.models import StaffRole, User
from usce.cases.models import Case
from usce.devstack.stripe_sandbox.resources import money

LATER = dt.timedelta(days=3)


@pytest.fixture
def house(desk: Desk, bruno: User) -> House:
    return House(desk, bruno)


@pytest.fixture
def gil(db: None) -> User:
    return person("gil@example.test", "Gil Marsh", staff_roles=[StaffRole.FINANCE])


def busy(house: House) -> None:
    """One of each movement: charges, transfers, reversals, refunds, a dispute, a payout."""
    first, second = house.book(60_000), house.book(80_000)
    house.onboard()
    house.earn(first)
    refund = house.give_back(first, 30_000)
    house.decide(house.dispute(second), "won")
    refund.refresh_from_db()
    house.sandbox.control("fail_refund", refund=refund.stripe_refund_id)
    house.listen()
    house.sandbox.control("pay_out", amount=1_000)


def test_all_that_stripe_booked_is_matched(house: House) -> None:
    busy(house)
    reconcile()
    now = timezone.now() + LATER
    assert match_booked(now=now) == 0
    assert not BalanceTransaction.objects.filter(matched_at__isnull=True).exists()
    assert held(Account.BANK) == 1_000
    house.agrees()


def test_fetching_again_brings_only_what_is_new(house: House) -> None:
    busy(house)
    first = fetch_booked(now=timezone.now())
    later = timezone.now() + dt.timedelta(hours=2)
    assert fetch_booked(now=later) == 0
    for _many in range(120):
        money.book(house.sandbox.store, {"id": "po_1"}, kind="stripe_fee", amount=-1, fee=0)
    assert fetch_booked(now=later) == 120
    assert BalanceTransaction.objects.count() == first + 120
    assert match_booked(now=later + LATER) == 0


def test_first_fetch_turns_all_pages(house: House) -> None:
    for _many in range(120):
        money.book(house.sandbox.store, {"id": "x"}, kind="stripe_fee", amount=-1, fee=0)
    assert fetch_booked(now=timezone.now()) == 120
    assert held(Account.STRIPE_FEES) == 120


def test_webhook_that_is_only_late_is_no_difference(house: House) -> None:
    house.desk.pay(house.desk.checkout(house.desk.owe()))
    now = timezone.now()
    fetch_booked(now=now)
    assert (match_booked(now=now), books.on_their_way()) == (0, 1)
    assert match_booked(now=now + LATER) == 1
    house.listen()
    assert match_booked(now=now + LATER) == 0
    assert Difference.objects.get().state == "explained"
    assert not Case.objects.filter(kind="payments.difference", state="open").exists()


def test_unknown_movement_is_repaired_by_two(house: House, fay: User, gil: User) -> None:
    money.book(house.sandbox.store, {"id": "x"}, kind="reserve_transaction", amount=-70, fee=0)
    now = timezone.now()
    fetch_booked(now=now)
    assert match_booked(now=now + LATER) == 1
    difference = books.open_differences().get()
    repair = propose(difference, fay, now)
    with pytest.raises(OtherPersonNeeded):
        approve_repair(repair, actor=fay, now=now)
    approve_repair(repair, actor=gil, now=now)
    assert (held(Account.STRIPE_BALANCE), held(Account.STRIPE_FEES)) == (-70, 70)
    with pytest.raises(RepairEnded):
        approve_repair(repair, actor=gil, now=now)
    with pytest.raises(RepairEnded):
        propose(difference, fay, now)
    assert match_booked(now=now + LATER) == 0
    house.agrees()


def propose(difference: Difference, who: User, now: dt.datetime) -> Repair:
    return propose_repair(
        difference, account=Account.STRIPE_FEES, party=None, note="why", actor=who, now=now
    )


def test_new_proposal_takes_the_place_of_the_old(house: House, fay: User, gil: User) -> None:
    money.book(house.sandbox.store, {"id": "x"}, kind="reserve_transaction", amount=-70, fee=0)
    now = timezone.now()
    fetch_booked(now=now)
    match_booked(now=now + LATER)
    difference = books.open_differences().get()
    old = propose(difference, fay, now)
    propose(difference, gil, now)
    with pytest.raises(RepairEnded):
        approve_repair(old, actor=gil, now=now)


def test_other_sum_differs_and_can_be_explained(house: House, fay: User, bruno: User) -> None:
    house.desk.pay(house.desk.checkout(house.desk.owe()))
    house.listen()
    row = house.sandbox.store.all("balance_transaction")[0]
    house.sandbox.store.save(row | {"net": row["net"] - 5})
    now = timezone.now()
    fetch_booked(now=now)
    match_booked(now=now + LATER)
    difference = books.open_differences().get()
    assert (difference.kind, difference.stripe_cents - difference.ledger_cents) == ("amount", -5)
    with pytest.raises(PermissionDenied):
        explain_difference(difference, note="x", actor=bruno, now=now)
    explain_difference(difference, note="Rounding at Stripe.", actor=fay, now=now)
    assert match_booked(now=now + LATER) == 0


def test_what_only_the_ledger_has_differs_once(house: House, fay: User, gil: User) -> None:
    house.desk.pay(house.desk.checkout(house.desk.owe()))
    house.listen()
    now = timezone.now()
    fetch_booked(now=now)
    entries = [Entry(Account.STRIPE_BALANCE, 5), Entry(Account.STRIPE_FEES, -5)]
    post("test", "k", InvoiceFactory(), entries, now=now)
    assert [match_booked(now=now + LATER) for _twice in range(2)] == [1, 0]
    approve_repair(propose(books.open_differences().get(), fay, now), actor=gil, now=now)
    assert match_booked(now=now + LATER) == 0
    house.agrees()


def test_booked_rows_never_change(house: House) -> None:
    house.desk.pay(house.desk.checkout(house.desk.owe()))
    fetch_booked(now=timezone.now())
    rows = BalanceTransaction.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(net_cents=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    rows.update(matched_at=timezone.now())


def entry_at(at: dt.datetime, key: str) -> None:
    entries = [Entry(Account.BANK, 5), Entry(Account.PLATFORM_FEES, -5)]
    post("test", key, InvoiceFactory(), entries, now=at)


def test_closed_month_takes_no_entry(fay: User, now: dt.datetime) -> None:
    may, june = now.replace(month=5), now.replace(month=6)
    entry_at(may, "a")
    entry_at(june, "b")
    assert books.closable_month(now) == month_of(may)
    with pytest.raises(NotClosable, match="one after the other"):
        close_month(month_of(june), actor=fay, now=now)
    closed = close_month(month_of(may), actor=fay, now=now)
    assert dict(books.named(closed.balances))["Our bank account"] == 5
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        entry_at(may, "c")
    close_month(month_of(june), actor=fay, now=now)
    entry_at(now, "d")
    assert MonthClose.objects.get(month=month_of(june)).balances["bank"] == 10
    assert books.closable_month(now) is None


def test_running_month_and_one_that_differs_stay_open(fay: User, now: dt.datetime) -> None:
    may = now.replace(month=5)
    entry_at(may, "a")
    with pytest.raises(NotClosable, match="not over"):
        close_month(month_of(now), actor=fay, now=now)
    row = BalanceTransaction.objects.create(
        stripe_id="txn", kind="charge", net_cents=1, fee_cents=0, booked_at=may
    )
    Difference.objects.create(
        kind="missing", balance_transaction=row, stripe_cents=1, ledger_cents=0, found_at=may
    )
    with pytest.raises(NotClosable, match="do not agree"):
        close_month(month_of(may), actor=fay, now=now)


def test_only_finance_closes(bruno: User, now: dt.datetime) -> None:
    entry_at(now.replace(month=5), "a")
    with pytest.raises(PermissionDenied):
        close_month(month_of(now.replace(month=5)), actor=bruno, now=now)


def test_without_entries_no_month_waits(db: None, now: dt.datetime) -> None:
    assert books.closable_month(now) is None


def test_closed_months_are_only_added(fay: User, now: dt.datetime) -> None:
    entry_at(now.replace(month=5), "a")
    closed = close_month(month_of(now.replace(month=5)), actor=fay, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthClose.objects.filter(pk=closed.pk).update(balances={})


def test_money_that_lies_about_is_listed(now: dt.datetime, db: None) -> None:
    invoice = InvoiceFactory()
    entries = [Entry(Account.BANK, 7), Entry(Account.UNALLOCATED, -7, invoice.payer)]
    post("test", "k", invoice, entries, now=now)
    assert books.unclaimed(now) == []
    (row,) = books.unclaimed(now + dt.timedelta(days=91))
    assert (row.party, row.cents, row.since) == (invoice.payer, 7, now)


def test_month_is_exported_a_line_an_entry(now: dt.datetime, db: None) -> None:
    entry_at(now, "a")
    rows = list(books.entries_of_month(month_of(now)))
    assert [row[2:] for row in rows] == [["a", "bank", "", 5], ["a", "platform_fees", "", -5]]


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_match_by_pages_finds_the_same_whatever_their_size(house: House, page: int) -> None:
    busy(house)
    now = timezone.now()
    fetch_booked(now=now)
    money.book(house.sandbox.store, {"id": "x"}, kind="reserve_transaction", amount=-70, fee=0)
    fetch_booked(now=now + dt.timedelta(hours=2))
    alone = [Entry(Account.STRIPE_BALANCE, 5), Entry(Account.PLATFORM_FEES, -5)]
    post("x", "never-booked", InvoiceFactory(), alone, now=now)
    assert match_booked(now=now + LATER, page=page) == 2
    assert BalanceTransaction.objects.filter(matched_at__isnull=True).count() == 1
    assert match_booked(now=now + LATER, page=page) == 0


@pytest.mark.parametrize("many", [1, 3])
def test_match_asks_the_same_of_a_page_of_any_fullness(
    house: House, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    house.book()
    for _more in range(many - 1):
        house.book()
    fetch_booked(now=timezone.now())
    with django_assert_num_queries(13):
        assert match_booked(now=timezone.now() + LATER) == 0
