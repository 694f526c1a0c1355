"""Tranches: planned at payment, earned by attendance, held, shrunk, released."""

import datetime as dt
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from payments.actions.transfers import (
    Schedule,
    hold_transfers,
    plan_transfers,
    release_due,
    release_hold,
    release_tranche,
    take_back,
)
from payments.models import Account, Payout, Reversal, Transfer
from payments.queries.payouts import balance_with, reason_of, transfers_of
from payments.rules import AFTER_END, month_after, month_of, start_of, tranches_of
from payments.states import PayoutState, TransferState
from tests.payments.conftest import Desk
from tests.payments.house import House, held
from usce.accounts.models import User
from usce.notifications.models import Mail
from usce.permissions import SYSTEM


@pytest.fixture
def house(desk: Desk, bruno: User) -> House:
    return House(desk, bruno)


@given(st.integers(min_value=1, max_value=10**9), st.booleans())
def test_tranches_are_exactly_the_share(cents: int, is_new: bool) -> None:
    parts = tranches_of(cents, is_new=is_new)
    assert sum(parts.values()) == cents
    assert all(part > 0 for part in parts.values())


def test_months_follow_each_other() -> None:
    months = [month_of(dt.datetime(2026, m, 28, 23, tzinfo=dt.UTC)) for m in range(1, 13)]
    assert all(month_after(a) == b for a, b in pairwise(months))
    assert start_of(months[0]) == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_schedule_ends_with_the_days_after_the_end(now: dt.datetime) -> None:
    schedule = Schedule(now, now + dt.timedelta(days=1), now + dt.timedelta(days=2))
    due = [schedule.due_at(tranche) for tranche in ("first_day", "half", "end")]
    assert due == [now, now + dt.timedelta(days=1), now + dt.timedelta(days=2) + AFTER_END]


def test_known_provider_gets_three_tranches_of_its_share(house: House) -> None:
    payment = house.book(60_000)
    sums = {t.tranche: t.amount_cents for t in transfers_of(payment.invoice)}
    assert sums == {"first_day": 16_200, "half": 21_600, "end": 16_200}
    assert house.plan(payment.invoice) == 0


def test_new_provider_gets_all_of_it_at_the_end(house: House) -> None:
    payment = house.book(60_000, is_known=False)
    assert [t.tranche for t in transfers_of(payment.invoice)] == ["end"]
    late = house.desk.owe(10_000)
    house.desk.pay(house.desk.checkout(late))
    house.listen()
    assert house.plan(late) == 1


def test_one_booking_is_treated_one_way_through_all_its_payments(house: House) -> None:
    payment = house.book(60_000)
    balance = house.desk.owe(20_000)
    house.desk.pay(house.desk.checkout(balance))
    house.listen()
    now = timezone.now()
    schedule = Schedule(now, now, now)
    made = plan_transfers(
        balance, payment.invoice, label="x", schedule=schedule, actor=SYSTEM, now=now
    )
    assert made == 3


def test_nothing_is_released_before_attendance(house: House) -> None:
    house.book()
    assert release_due(timezone.now()) == 0


def test_earned_tranche_waits_for_its_day(house: House) -> None:
    payment = house.book()
    later = timezone.now() + dt.timedelta(days=30)
    Transfer.objects.filter(payment=payment).update(due_at=later)
    assert release_tranche(payment.invoice, "half", actor=SYSTEM, now=timezone.now()) == 0
    assert release_due(later) == 1


def test_confirming_twice_releases_once(house: House) -> None:
    payment = house.book()
    now = timezone.now()
    told = [release_tranche(payment.invoice, "half", actor=SYSTEM, now=now) for _twice in range(2)]
    assert (told, Payout.objects.count()) == ([1, 0], 1)


def test_only_the_service_and_finance_move_money(
    house: House, amina: User, fay: User, bruno: User
) -> None:
    payment = house.book()
    for stranger in (amina, bruno):
        for verb in (hold_transfers, release_hold):
            with pytest.raises(PermissionDenied):
                verb(payment.invoice, "incident", actor=stranger, now=timezone.now())
        with pytest.raises(PermissionDenied):
            release_tranche(payment.invoice, "half", actor=stranger, now=timezone.now())
    assert hold_transfers(payment.invoice, "incident", actor=fay, now=timezone.now()) == 3


def test_held_tranche_goes_out_only_when_no_reason_is_left(house: House) -> None:
    payment = house.book()
    subject, now = payment.invoice, timezone.now()
    release_tranche(subject, "none", actor=SYSTEM, now=now)
    hold_transfers(subject, "incident", actor=SYSTEM, now=now)
    assert hold_transfers(subject, "complaint", actor=SYSTEM, now=now) == 0
    assert hold_transfers(subject, "complaint", actor=SYSTEM, now=now) == 0
    assert release_tranche(subject, "half", actor=SYSTEM, now=now) == 0
    assert reason_of(transfers_of(subject)[0]) == "incident, complaint"
    assert release_hold(subject, "incident", actor=SYSTEM, now=now) == 0
    assert release_hold(subject, "incident", actor=SYSTEM, now=now) == 0
    assert release_hold(subject, "complaint", actor=SYSTEM, now=now) == 3
    assert release_due(now) == 1
    assert hold_transfers(subject, "late", actor=SYSTEM, now=now) == 2
    assert Mail.objects.filter(event="payments.held").count() == 2


def test_later_payment_of_a_booking_that_is_held_is_held_too(house: House) -> None:
    payment = house.book()
    hold_transfers(payment.invoice, "incident", actor=SYSTEM, now=timezone.now())
    balance = house.desk.owe(20_000)
    house.desk.pay(house.desk.checkout(balance))
    house.listen()
    now = timezone.now()
    plan_transfers(
        balance, payment.invoice, label="x", schedule=Schedule(now, now, now), actor=SYSTEM, now=now
    )
    assert {reason_of(t) for t in transfers_of(payment.invoice)} == {"incident"}
    assert release_hold(payment.invoice, "incident", actor=SYSTEM, now=now) == 6


def test_refund_before_release_comes_out_of_the_last_tranche_first(house: House) -> None:
    payment = house.book(60_000)
    house.give_back(payment, 30_000)
    sums = {t.tranche: (t.amount_cents, t.state) for t in transfers_of(payment.invoice)}
    assert sums["end"] == (0, TransferState.REVERSED)
    assert sums["half"][0] + sums["first_day"][0] == 27_000
    house.agrees()


def test_full_refund_leaves_no_tranche(house: House) -> None:
    payment = house.book(60_000)
    house.give_back(payment, 60_000)
    assert {t.state for t in transfers_of(payment.invoice)} == {TransferState.REVERSED}
    assert held(Account.HELD_FOR_PAYEES) == 0
    house.earn(payment)
    assert not Payout.objects.exists()
    house.agrees()


def test_refund_after_the_transfer_is_taken_back_from_the_account(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()
    house.earn(payment)
    house.give_back(payment, 60_000)
    assert {r.state for r in Reversal.objects.all()} == {"succeeded"}
    assert held(Account.RECEIVABLES) == held(Account.HELD_FOR_PAYEES) == 0
    assert {t.state for t in transfers_of(payment.invoice)} == {TransferState.REVERSED}
    house.agrees()


def test_empty_account_owes_and_later_money_is_set_off(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()
    house.earn(payment)
    house.empty_account()
    house.give_back(payment, 60_000)
    assert balance_with(house.party) == {"held": 0, "due": 0, "owed": 54_000}
    again = house.book(100_000)
    house.earn(again)
    assert balance_with(house.party) == {"held": 0, "due": 0, "owed": 0}
    sent = sum(row["amount"] for row in house.sandbox.store.all("transfer"))
    assert sent == 54_000 + 94_000 - 54_000
    first = Payout.objects.filter(transfer__payment=again).earliest("id")
    assert (first.amount_cents, first.state) == (0, PayoutState.PAID)
    house.agrees()


def test_refund_after_the_account_was_closed_is_owed_and_reaches_the_payer(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()
    house.earn(payment)
    house.empty_account()
    house.sandbox.control("close_account", account=house.account.stripe_account_id)
    house.listen()
    refund = house.give_back(payment, 60_000)
    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert {r.state for r in Reversal.objects.all()} == {"failed"}
    assert balance_with(house.party) == {"held": 0, "due": 0, "owed": 54_000}
    house.agrees()


def test_refund_while_the_payout_waits_for_details_is_netted(house: House) -> None:
    payment = house.book(60_000)
    house.earn(payment)
    house.give_back(payment, 60_000)
    assert {p.state for p in Payout.objects.all()} == {PayoutState.FAILED}
    house.onboard()
    house.work()
    assert house.sandbox.store.all("transfer") == []
    house.agrees()


def test_take_back_without_excess_changes_nothing(house: House) -> None:
    payment = house.book()
    with transaction.atomic():
        take_back(payment.invoice, now=timezone.now())
    assert not Reversal.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"reversed_cents": 10**9}, {"state": "nowhere"}, {"tranche": "x"},
     {"released_at": timezone.now()}],
)  # fmt: skip
def test_database_refuses_a_tranche_of_nonsense(house: House, change: dict[str, object]) -> None:
    house.book()
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.update(**change)
