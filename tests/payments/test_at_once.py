"""Two people, two workers or twenty webhooks at one moment: the money moves once."""

from functools import partial

import pytest
from django.db.models import Sum
from django.utils import timezone

from payments.actions.accounts import choose_remittance
from payments.actions.disputes import apply_dispute
from payments.actions.endings import agree_ending, ask_ending
from payments.actions.payouts import approve_remittance, record_remittance
from payments.actions.refunds import refund_payment
from payments.actions.transfers import release_tranche
from payments.gateway import connect
from payments.models import (
    Account,
    Dispute,
    LedgerTransaction,
    Payment,
    Payout,
    Refund,
    RefundEnding,
    Reversal,
)
from payments.queries.payouts import remittances
from payments.states import PayoutState, ReversalState
from payments.tasks import send_asked_reversal, send_promised_refund, send_released_payout
from tests.payments.conftest import Desk
from tests.payments.house import House, held
from tests.support.races import at_once
from usce.accounts.models import StaffRole, User
from usce.permissions import SYSTEM

pytestmark = pytest.mark.race


@pytest.fixture
def house(live_desk: Desk) -> House:
    return House(live_desk, User.objects.create_user("bruno@example.test"))


def finance(name: str) -> User:
    return User.objects.create_user(f"{name}@example.test", staff_roles=[StaffRole.FINANCE])


def test_two_of_finance_who_refund_at_once_give_back_no_more_than_was_paid(house: House) -> None:
    payment = house.book(60_000)
    people = [finance(name) for name in ("fay", "gil")]

    def refund(actor: User) -> Refund:
        mine, now = Payment.objects.get(pk=payment.pk), timezone.now()
        return refund_payment(mine, 40_000, reason="canceled", actor=actor, now=now)

    told = at_once(partial(refund, person) for person in people)
    assert told == {"Refund": 1, "RefundTooLarge": 1}
    house.work()
    assert Refund.objects.aggregate(Sum("amount_cents"))["amount_cents__sum"] == 40_000
    assert len(house.sandbox.store.all("refund")) == 1
    house.agrees()


def test_refund_sent_by_four_workers_at_once_leaves_once(house: House) -> None:
    payment = house.book(60_000)
    refund = refund_payment(payment, 60_000, reason="x", actor=SYSTEM, now=timezone.now())
    at_once([partial(send_promised_refund, refund.pk)] * 4)
    house.work()
    assert len(house.sandbox.store.all("refund")) == 1
    house.agrees()


def test_attendance_confirmed_by_two_at_once_releases_once(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()

    def confirm() -> int:
        return release_tranche(payment.invoice, "half", actor=SYSTEM, now=timezone.now())

    assert at_once([confirm] * 4) == {"int": 4}
    payout = Payout.objects.get()
    at_once([partial(send_released_payout, payout.pk)] * 4)
    house.work()
    assert [row["amount"] for row in house.sandbox.store.all("transfer")] == [21_600]
    house.agrees()


def test_reversal_asked_by_four_workers_at_once_is_taken_once(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()
    house.earn(payment, "half")
    payment.refresh_from_db()
    refund_payment(payment, 60_000, reason="canceled", actor=SYSTEM, now=timezone.now())
    reversal = Reversal.objects.get()
    at_once([partial(send_asked_reversal, reversal.pk)] * 4)
    house.work()
    assert Reversal.objects.get().state == ReversalState.SUCCEEDED
    assert len(house.sandbox.store.all("transfer_reversal")) == 1
    house.agrees()


def test_refund_while_the_tranche_goes_out_leaves_nothing_with_the_provider(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()

    def release() -> int:
        return release_tranche(payment.invoice, "half", actor=SYSTEM, now=timezone.now())

    def refund() -> Refund:
        mine, now = Payment.objects.get(pk=payment.pk), timezone.now()
        return refund_payment(mine, 60_000, reason="canceled", actor=SYSTEM, now=now)

    assert at_once([release, refund]) == {"int": 1, "Refund": 1}
    house.work()
    assert held(Account.HELD_FOR_PAYEES) == held(Account.RECEIVABLES) == 0
    sent = sum(
        row["amount"] - row["amount_reversed"] for row in house.sandbox.store.all("transfer")
    )
    assert sent == 0
    house.agrees()


def test_two_who_approve_a_remittance_at_once_pay_it_once(house: House) -> None:
    payment, now = house.book(60_000), timezone.now()
    choose_remittance(house.party, remit_to="Treasury, 6789", actor=house.owner, now=now)
    house.earn(payment, "half")
    payout = remittances().get()
    first, *others = (finance(name) for name in ("fay", "gil", "hana"))
    record_remittance(payout, bank_reference="ACH 1", sent_on=now.date(), actor=first, now=now)

    def approve(actor: User) -> None:
        approve_remittance(Payout.objects.get(pk=payout.pk), actor=actor, now=now)

    told = at_once(partial(approve, person) for person in others)
    assert told == {"NoneType": 1, "NotToBeSent": 1}
    assert (Payout.objects.get().state, held(Account.BANK)) == (PayoutState.PAID, -21_600)
    house.agrees()


def test_twenty_who_tell_of_a_dispute_at_once_book_it_once(house: House) -> None:
    payment = house.book(60_000)
    found = house.sandbox.control("dispute", charge=house.charge_of(payment))
    answer = connect.fetch_dispute(found["id"])
    told = at_once([partial(apply_dispute, answer, now=timezone.now())] * 20)
    assert told == {"Dispute": 20}
    assert Dispute.objects.count() == 1
    assert LedgerTransaction.objects.filter(kind="dispute.moved").count() == 1
    house.agrees()


def test_end_of_a_refund_agreed_to_by_two_at_once_is_booked_once(house: House) -> None:
    payment = house.book()
    dispute = house.dispute(payment, amount=10_000)
    house.give_back(payment, 60_000)
    house.decide(dispute, "lost")
    first, *others = [finance(name) for name in ("fay", "gil", "hal")]
    now = timezone.now()
    ending = ask_ending(Refund.objects.get(), words="Sent by bank", actor=first, now=now)

    def agree(person: User) -> Refund:
        mine = RefundEnding.objects.select_related("refund__payment__invoice").get(pk=ending.pk)
        return agree_ending(mine, actor=person, now=timezone.now())

    assert at_once(partial(agree, one) for one in others) == {"Refund": 1, "NotToRepair": 1}
    assert held(Account.BANK) == -50_000
    house.agrees()
