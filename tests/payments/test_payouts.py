"""Released money reaches the provider, once, by Stripe or by the bank and two people."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments import gateway
from payments.actions.accounts import MethodChosen, choose_remittance, refresh_account
from payments.actions.calls import begin_call
from payments.actions.payouts import (
    NotToBeSent,
    SecondPersonNeeded,
    approve_remittance,
    record_remittance,
    retry_payout,
    send_payout,
)
from payments.actions.reversals import retry_reversal, send_reversal
from payments.models import Account, Call, Payout, PayoutAccount, Reversal
from payments.queries.payouts import (
    failed_payouts,
    failed_reversals,
    owed_by,
    remittances,
    waiting_calls,
    waiting_payouts,
)
from payments.states import CallState, PayoutState, ReversalState
from payments.tasks import sweep_payouts
from tests.conftest import person
from tests.payments.conftest import Desk
from tests.payments.house import House, held
from usce.accounts.models import StaffRole, User
from usce.cases.models import Case
from usce.jobs.models import Job
from usce.notifications.models import Mail
from usce.permissions import SYSTEM


@pytest.fixture
def house(desk: Desk, bruno: User) -> House:
    return House(desk, bruno)


@pytest.fixture
def gil(db: None) -> User:
    """The second person of finance."""
    return person("gil@example.test", "Gil Marsh", staff_roles=[StaffRole.FINANCE])


def test_money_waits_and_is_asked_for_once(house: House) -> None:
    payment = house.book()
    house.earn(payment)
    assert Mail.objects.filter(event="payments.money_waits").count() == 1
    assert waiting_payouts().count() == 3
    assert held(Account.PAYOUTS_DUE) == -54_000
    house.agrees()


def test_money_that_waited_is_sent_once_the_details_are_there(house: House) -> None:
    payment = house.book()
    house.earn(payment)
    house.onboard()
    house.work()
    sent = [row["amount"] for row in house.sandbox.store.all("transfer")]
    assert sorted(sent) == [16_200, 16_200, 21_600]
    assert {row["source_transaction"] for row in house.sandbox.store.all("transfer")} == {
        house.charge_of(payment)
    }
    assert {p.state for p in Payout.objects.all()} == {PayoutState.PAID}
    assert Mail.objects.filter(event="payments.paid_out").count() == 3
    house.agrees()


def test_account_that_was_begun_is_not_opened_twice(house: House) -> None:
    house.book()
    urls = {house.open_account() for _twice in range(2)}
    assert (len(urls), len(house.sandbox.store.all("account"))) == (2, 1)
    assert not refresh_account(house.account, now=timezone.now()).is_ready


def test_webhook_tells_that_the_account_is_ready(house: House) -> None:
    payment = house.book()
    house.open_account()
    house.earn(payment)
    house.sandbox.control("onboard", account=house.account.stripe_account_id)
    house.listen()
    assert house.account.is_ready
    assert Job.objects.filter(name="payments.send_payout").count() >= 3


def test_only_the_team_sets_where_money_goes(house: House, fay: User, amina: User) -> None:
    house.book()
    for other in (fay, amina):
        with pytest.raises(PermissionDenied):
            choose_remittance(house.party, remit_to="x", actor=other, now=timezone.now())


def test_closed_account_waits_for_new_details(house: House) -> None:
    payment = house.book()
    house.onboard()
    house.sandbox.control("close_account", account=house.account.stripe_account_id)
    house.earn(payment, "first_day")
    assert (house.account.is_ready, house.account.closed_reason) == (False, "rejected.other")
    assert Payout.objects.get().state == PayoutState.PENDING
    house.agrees()


def test_refusal_before_the_news_of_closing_is_no_failure(house: House) -> None:
    payment = house.book()
    house.onboard()
    PayoutAccount.objects.update(is_ready=True)
    house.sandbox.control("close_account", account=house.account.stripe_account_id)
    payout = _released(house, payment)
    send_payout(payout, now=timezone.now())
    assert not house.account.is_ready
    assert Payout.objects.get().state == PayoutState.PENDING


def _released(house: House, payment: object) -> Payout:
    from payments.actions.transfers import release_tranche  # noqa: PLC0415

    release_tranche(payment.invoice, "half", actor=SYSTEM, now=timezone.now())  # type: ignore[attr-defined]
    return Payout.objects.get()


def test_other_refusal_fails_and_opens_a_case(house: House, fay: User) -> None:
    payment = house.book()
    house.onboard()
    charge = house.sandbox.store.get("charge", house.charge_of(payment))
    house.sandbox.store.save(charge | {"paid": False})
    house.earn(payment, "half")
    payout = Payout.objects.get()
    assert (payout.state, failed_payouts().count()) == (PayoutState.FAILED, 1)
    assert Case.objects.filter(kind="payments.payout_failed").count() == 1
    house.sandbox.store.save(charge)
    retry_payout(payout, actor=fay, now=timezone.now())
    house.work()
    assert Payout.objects.get().state == PayoutState.PAID
    house.agrees()


@pytest.mark.parametrize("kind", ["refuse", "error_after", "timeout_after", "rate_limit"])
def test_failing_call_is_tried_again_and_done_once(house: House, kind: str) -> None:
    payment = house.book()
    house.onboard()
    payout = _released(house, payment)
    house.sandbox.control("fail", method="POST", path="/v1/transfers$", kind=kind)
    with pytest.raises(gateway.PaymentsUnavailable):
        send_payout(payout, now=timezone.now())
    assert held(Account.PAYOUTS_DUE) == -21_600
    house.work()
    assert len(house.sandbox.store.all("transfer")) == 1
    assert waiting_calls().count() == 0
    house.agrees()


def test_sweep_takes_up_what_was_left(house: House) -> None:
    payment = house.book()
    house.onboard()
    payout = _released(house, payment)
    Payout.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    Job.objects.all().delete()
    sweep_payouts()
    queued = Job.objects.filter(name="payments.send_payout")
    assert [job.args for job in queued] == [{"payout_id": payout.pk}]


def test_key_older_than_a_day_is_never_used_again(house: House) -> None:
    payment = house.book()
    payout = _released(house, payment)
    now = timezone.now()
    first = begin_call("transfer.create", payout, now=now)
    soon = begin_call("transfer.create", payout, now=now + dt.timedelta(hours=22))
    late = begin_call("transfer.create", payout, now=now + dt.timedelta(hours=23))
    assert first.pk == soon.pk
    assert (late.idempotency_key != first.idempotency_key, late.tries > 0) == (True, True)
    assert Call.objects.get(pk=first.pk).state == CallState.GIVEN_UP


def test_hospital_is_paid_by_bank_and_two_people(house: House, fay: User, gil: User) -> None:
    payment = house.book()
    now = timezone.now()
    choose_remittance(house.party, remit_to="Treasury, ...6789", actor=house.owner, now=now)
    house.earn(payment, "half")
    payout = remittances().get()
    with pytest.raises(NotToBeSent):
        approve_remittance(payout, actor=gil, now=now)
    record_remittance(payout, bank_reference="ACH 1", sent_on=now.date(), actor=fay, now=now)
    with pytest.raises(SecondPersonNeeded):
        approve_remittance(payout, actor=fay, now=now)
    approve_remittance(payout, actor=gil, now=now)
    with pytest.raises(NotToBeSent):
        record_remittance(payout, bank_reference="x", sent_on=now.date(), actor=fay, now=now)
    assert held(Account.BANK) == -21_600
    assert not Case.objects.filter(kind="payments.remittance", state="open").exists()
    house.agrees()


def test_database_refuses_one_person_for_both(house: House, fay: User) -> None:
    payment = house.book()
    payout = _released(house, payment)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(recorded_by=fay, approved_by=fay)


def test_remittance_cannot_be_taken_back_and_is_owed(house: House, fay: User, gil: User) -> None:
    payment = house.book()
    now = timezone.now()
    choose_remittance(house.party, remit_to="Treasury, ...6789", actor=house.owner, now=now)
    house.earn(payment)
    for payout in list(remittances()):
        record_remittance(payout, bank_reference="A", sent_on=now.date(), actor=fay, now=now)
        approve_remittance(payout, actor=gil, now=now)
    house.give_back(payment, 60_000)
    assert owed_by(house.party) == 54_000
    assert failed_reversals().count() == 3
    house.agrees()


def test_method_stays_once_money_has_gone_that_way(house: House) -> None:
    payment = house.book()
    house.onboard()
    house.earn(payment, "half")
    with pytest.raises(MethodChosen):
        choose_remittance(house.party, remit_to="x", actor=house.owner, now=timezone.now())


def test_debt_is_collected_when_the_account_has_money_again(house: House, fay: User) -> None:
    payment = house.book()
    house.onboard()
    house.earn(payment)
    house.empty_account()
    house.give_back(payment, 60_000)
    assert Case.objects.filter(kind="payments.receivable", state="open").count() == 3
    from usce.devstack.stripe_sandbox.resources import accounts  # noqa: PLC0415

    accounts.move(house.sandbox.store, house.account.stripe_account_id, 54_000, "top-up")
    for reversal in list(failed_reversals()):
        retry_reversal(reversal, actor=fay, now=timezone.now())
    house.work()
    assert {r.state for r in Reversal.objects.all()} == {ReversalState.SUCCEEDED}
    assert not Case.objects.filter(kind="payments.receivable", state="open").exists()
    house.agrees()


@pytest.mark.parametrize("kind", ["refuse", "error_after", "timeout_after", "rate_limit"])
def test_failing_reversal_is_done_once(house: House, kind: str) -> None:
    payment = house.book()
    house.onboard()
    house.earn(payment, "half")
    payment.refresh_from_db()
    house.sandbox.control("fail", method="POST", path="/reversals$", kind=kind)
    with pytest.raises(gateway.PaymentsUnavailable):
        house.give_back(payment, 60_000)
    house.work()
    assert len(house.sandbox.store.all("transfer_reversal")) == 1
    house.agrees()


def test_reversal_waits_while_its_payout_is_being_asked_for(house: House) -> None:
    payment = house.book()
    house.onboard()
    payout = _released(house, payment)
    begin_call("transfer.create", payout, now=timezone.now())
    from payments.actions.refunds import refund_payment  # noqa: PLC0415

    payment.refresh_from_db()
    refund_payment(payment, 60_000, reason="canceled", actor=SYSTEM, now=timezone.now())
    reversal = Reversal.objects.get()
    send_reversal(reversal, now=timezone.now())
    assert reversal.state == ReversalState.PENDING
    house.work()
    house.agrees()


def test_settled_things_are_not_sent_again(house: House) -> None:
    payment = house.book()
    house.onboard()
    house.earn(payment)
    house.give_back(payment, 60_000)
    for payout in Payout.objects.all():
        send_payout(payout, now=timezone.now())
    for reversal in Reversal.objects.all():
        send_reversal(reversal, now=timezone.now())
    assert len(house.sandbox.store.all("transfer")) == 3
    house.agrees()
