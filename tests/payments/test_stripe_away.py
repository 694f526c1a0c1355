"""Stripe is away for an hour, slow, or asks us to wait: nothing is lost, nothing is done twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments import gateway
from payments.actions.transfers import release_tranche
from payments.models import Invoice, Payout, Refund
from payments.states import InvoiceState, PayoutState, RefundState
from payments.tasks import send_promised_refund
from tests.payments.conftest import Desk
from tests.payments.house import House
from tests.payments.test_refunds import give_back
from usce.accounts.models import User
from usce.jobs.actions import LONGEST_WAIT
from usce.jobs.models import Job
from usce.jobs.registry import entry
from usce.jobs.tasks import drain
from usce.permissions import SYSTEM

SENDING = ("payments.process_event", "payments.send_refund", "payments.send_payout",
           "payments.send_reversal")  # fmt: skip


@pytest.fixture
def house(live_desk: Desk) -> House:
    return House(live_desk, User.objects.create_user("bruno@example.test"))


def go_on(house: House) -> None:
    """The next try of each job is due."""
    Job.objects.filter(state="waiting").update(run_after=timezone.now())
    drain()


def test_an_hour_without_stripe_is_made_up_by_itself(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()
    house.earn(payment, "first_day")
    invoice = house.desk.owe(20_000)
    house.desk.pay(house.desk.checkout(invoice))
    for method in ("GET", "POST"):
        house.sandbox.control("fail", method=method, path=".", kind="refuse", times=1000)
    payment.refresh_from_db()
    give_back(payment, 10_000)
    house.desk.hear()
    for _try in range(8):
        go_on(house)
    assert not Job.objects.filter(name__in=SENDING, state="failed").exists()
    assert Invoice.objects.get(pk=invoice.pk).state == InvoiceState.OPEN
    with pytest.raises(gateway.PaymentsUnavailable, match="Nothing was charged"):
        house.desk.checkout(house.desk.owe())
    house.sandbox.faults.clear()
    for _try in range(3):
        go_on(house)
    assert Invoice.objects.get(pk=invoice.pk).state == InvoiceState.PAID
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    house.agrees()


@pytest.mark.parametrize("name", SENDING)
def test_each_job_that_asks_stripe_outlasts_an_hour(name: str) -> None:
    waits = [min(timedelta(seconds=2**n), LONGEST_WAIT) for n in range(1, entry(name).attempts)]
    assert sum(waits, timedelta()) > timedelta(hours=1)


def test_answer_that_comes_too_late_is_found_and_nothing_is_sent_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = house.book(60_000)
    refund = give_back(payment, 10_000)
    gateway._client.cache_clear()
    monkeypatch.setattr(gateway, "TIMEOUT_SECONDS", 0.2)
    house.sandbox.control("latency", seconds=0.6)
    with pytest.raises(gateway.PaymentsUnavailable):
        send_promised_refund(refund.pk)
    house.sandbox.control("latency", seconds=0)
    gateway._client.cache_clear()
    house.work()
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert len(house.sandbox.store.all("refund")) == 1
    house.agrees()


@pytest.mark.parametrize("path", ["/refunds$", "/payment_intents/", "/v1/transfers$"])
def test_too_many_requests_are_asked_again(house: House, path: str) -> None:
    payment = house.book(60_000)
    house.onboard()
    for method in ("GET", "POST"):
        house.sandbox.control("fail", method=method, path=path, kind="rate_limit", times=2)
    release_tranche(payment.invoice, "half", actor=SYSTEM, now=timezone.now())
    payment.refresh_from_db()
    give_back(payment, 10_000)
    for _try in range(6):
        go_on(house)
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert Payout.objects.get().state == PayoutState.PAID
    house.agrees()
