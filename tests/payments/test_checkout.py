import datetime as dt
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from payments import gateway
from payments.actions.checkout import InvoiceNotPayable, close_checkout, refresh, start_checkout
from payments.actions.events import store_event
from payments.actions.invoices import void_invoice
from payments.actions.receipts import AmountMismatch
from payments.gateway import (
    AnswerKept,
    GatewayRefused,
    NetworkInsideTransaction,
    PaymentsUnavailable,
)
from payments.handlers import process_event
from payments.models import Invoice, Payment, Refund, StripeEvent
from payments.queries import balances, ledger_faults
from payments.states import InvoiceState, PaymentState, RefundState
from payments.tasks import sweep
from tests.factories.payments import PaymentFactory
from tests.payments.conftest import Desk
from usce.accounts.models import User
from usce.cases.models import Case
from usce.jobs.tasks import drain
from usce.notifications.models import Mail
from usce.permissions import SYSTEM


def in_thread(do: Callable[[Invoice], Payment], invoice: Invoice) -> Payment:
    try:
        return do(Invoice.objects.get(pk=invoice.pk))
    finally:
        connection.close()


def event_of(thing: dict[str, object]) -> dict[str, object]:
    return {"livemode": False, "data": {"object": thing}}


def agrees(desk: Desk) -> bool:
    return ledger_faults(gateway.balance_cents()) == []


def test_paid_page_pays_the_invoice_and_books_every_cent(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    live_desk.pay(live_desk.checkout(invoice))
    live_desk.hear()
    drain()
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number) == (InvoiceState.PAID, f"{invoice.paid_at:%Y}-000001")
    assert {account: cents for account, cents in balances().items() if cents} == {
        "stripe_balance": 60_000 - 1_770,
        "stripe_fees": 1_770,
        "held_for_payees": -54_000,
        "platform_fees": -6_000,
    }
    assert agrees(live_desk)


def test_second_request_gets_the_same_open_page(desk: Desk) -> None:
    invoice = desk.owe()
    assert desk.checkout(invoice) == desk.checkout(invoice)
    assert len(desk.sandbox.store.all("checkout.session")) == 1


def test_somebody_else_cannot_open_the_page(desk: Desk, dora: User) -> None:
    with pytest.raises(PermissionDenied):
        Desk(desk.sandbox, dora).checkout(desk.owe())


def test_paid_or_void_invoice_opens_no_page(desk: Desk) -> None:
    free = desk.owe(0, 0)
    with pytest.raises(InvoiceNotPayable, match="paid already"):
        desk.checkout(free)
    void = desk.owe()
    void_invoice(void, actor=SYSTEM, now=timezone.now(), reason="test")
    with pytest.raises(InvoiceNotPayable, match="no longer open"):
        desk.checkout(void)


@pytest.mark.parametrize("kind", ["timeout_after", "rate_limit"])
def test_call_without_an_answer_is_taken_up_again_with_one_page(desk: Desk, kind: str) -> None:
    invoice = desk.owe()
    desk.sandbox.control("fail", method="POST", path="checkout/sessions$", kind=kind)
    with pytest.raises(PaymentsUnavailable):
        desk.checkout(invoice)
    assert desk.checkout(invoice) == Payment.objects.get()
    assert len(desk.sandbox.store.all("checkout.session")) == 1


@pytest.mark.parametrize("path", ["checkout/sessions$", "customers$"])
@pytest.mark.parametrize("kind", ["refuse", "error_after"])
def test_error_that_stripe_keeps_under_the_key_blocks_nobody(
    desk: Desk, kind: str, path: str
) -> None:
    invoice = desk.owe()
    desk.sandbox.control("fail", method="POST", path=path, kind=kind)
    with pytest.raises(AnswerKept):
        desk.checkout(invoice)
    assert Payment.objects.get().state == PaymentState.CANCELED
    assert desk.checkout(invoice).checkout_url


def test_page_nobody_was_told_of_still_pays_when_paid(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    live_desk.sandbox.control("fail", method="POST", path="sessions$", kind="error_after")
    with pytest.raises(AnswerKept):
        live_desk.checkout(invoice)
    live_desk.checkout(invoice)
    for session in live_desk.sandbox.store.all("checkout.session"):
        live_desk.sandbox.control("pay", session=session["id"])
    for _round in range(2):
        live_desk.hear()
        drain()
    invoice.refresh_from_db()
    assert (invoice.state, Payment.objects.filter(state="succeeded").count()) == ("paid", 2)
    assert Refund.objects.get().reason == "late"
    assert agrees(live_desk)


def test_unanswered_page_too_close_to_its_end_is_asked_anew(desk: Desk) -> None:
    invoice = desk.owe()
    desk.sandbox.control("fail", method="POST", path="sessions$", kind="timeout_after")
    with pytest.raises(PaymentsUnavailable):
        desk.checkout(invoice)
    Payment.objects.update(expires_at=timezone.now() + dt.timedelta(minutes=29))
    desk.checkout(invoice)
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["canceled", "pending"]


def test_key_older_than_stripe_keeps_it_is_not_used_again(desk: Desk) -> None:
    old = PaymentFactory(
        invoice=desk.owe(),
        created_at=timezone.now() - dt.timedelta(hours=23),
        expires_at=timezone.now() + dt.timedelta(hours=1),
    )
    assert desk.checkout(old.invoice).idempotency_key != old.idempotency_key


def test_wrong_key_is_told_as_no_service(desk: Desk, settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = "not a key"
    with pytest.raises(PaymentsUnavailable):
        desk.checkout(desk.owe())


def test_request_that_stripe_does_not_understand_is_our_own_fault(desk: Desk) -> None:
    with pytest.raises(GatewayRefused, match="No such checkout"):
        gateway.fetch_session("cs_test_unknown")


def test_page_that_ran_out_is_replaced(desk: Desk) -> None:
    invoice = desk.owe()
    old = desk.checkout(invoice)
    Payment.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    new = desk.checkout(invoice)
    old.refresh_from_db()
    assert (old.state, new.state) == (PaymentState.CANCELED, PaymentState.PENDING)
    assert old != new


def test_invoice_given_up_while_the_page_was_opening_is_not_payable(desk: Desk) -> None:
    invoice = desk.owe()
    payment = desk.checkout(invoice)
    Payment.objects.update(checkout_url="", stripe_session_id="")
    void_invoice(invoice, actor=SYSTEM, now=timezone.now(), reason="hold lapsed")
    payment.refresh_from_db()
    assert payment.state == PaymentState.CANCELED
    with pytest.raises(InvoiceNotPayable):
        desk.checkout(invoice)


@pytest.mark.race
def test_hold_that_lapses_while_stripe_answers_leaves_no_open_page(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    live_desk.sandbox.control("latency", seconds=1)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(in_thread, live_desk.checkout, invoice)
        while not Payment.objects.exists():
            time.sleep(0.02)
        void_invoice(Invoice.objects.get(), actor=SYSTEM, now=timezone.now(), reason="lapsed")
        drain()  # the page's address is not known yet: this closes nothing
        assert isinstance(asked.exception(), InvoiceNotPayable)
    live_desk.sandbox.control("latency", seconds=0)
    drain()
    assert live_desk.sandbox.store.all("checkout.session")[0]["status"] == "expired"


@pytest.mark.race
def test_two_requests_at_once_open_one_page(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    live_desk.checkout(live_desk.owe())  # the customer exists
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(in_thread, live_desk.checkout, invoice) for _n in range(6)]
        failures = [each.exception() for each in asked if each.exception()]
    assert {type(failure) for failure in failures} <= {PaymentsUnavailable}  # 409: still asking
    assert invoice.payments.count() == 1
    assert len(live_desk.sandbox.store.all("checkout.session")) == 2


def test_late_money_goes_back_by_itself(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    payment = live_desk.checkout(invoice)
    assert void_invoice(invoice, actor=SYSTEM, now=timezone.now(), reason="hold lapsed")
    live_desk.pay(payment)
    live_desk.hear()
    drain()
    live_desk.hear()
    drain()
    refund = Refund.objects.get()
    assert (refund.state, refund.amount_cents) == (RefundState.SUCCEEDED, 60_000)
    assert Mail.objects.filter(event="payments.refund_started").count() == 1
    assert balances()["unallocated"] == 0
    assert agrees(live_desk)


def test_page_that_closes_after_the_invoice_changes_nothing(desk: Desk) -> None:
    payment = desk.checkout(desk.owe())
    for _twice in range(2):
        assert void_invoice(payment.invoice, actor=SYSTEM, now=timezone.now(), reason="test")
    desk.sandbox.control("advance", seconds=3600)
    refresh(payment, now=timezone.now())
    assert Payment.objects.get().state == PaymentState.CANCELED


def test_void_after_payment_is_refused(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    live_desk.pay(live_desk.checkout(invoice))
    live_desk.hear()
    drain()
    assert not void_invoice(invoice, actor=SYSTEM, now=timezone.now(), reason="test")


def test_decline_is_told_once_and_the_page_stays_open(live_desk: Desk) -> None:
    payment = live_desk.checkout(live_desk.owe())
    for _attempt in range(2):
        with pytest.raises(OSError, match="402"):
            live_desk.pay(payment, card="4000000000009995")
        live_desk.hear()
        drain()
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == (PaymentState.PENDING, "insufficient_funds")
    assert Mail.objects.filter(event="payments.declined").count() == 1
    live_desk.pay(payment)
    live_desk.hear()
    drain()
    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert agrees(live_desk)


def test_expired_page_cancels_the_payment_and_leaves_the_invoice(live_desk: Desk) -> None:
    payment = live_desk.checkout(live_desk.owe())
    live_desk.sandbox.control("advance", seconds=3600)
    live_desk.hear()
    drain()
    payment.refresh_from_db()
    assert (payment.state, payment.invoice.state) == (PaymentState.CANCELED, InvoiceState.OPEN)


def test_sweep_finds_money_that_no_event_told_of(live_desk: Desk) -> None:
    payment = live_desk.checkout(live_desk.owe())
    live_desk.pay(payment)
    Payment.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=10))
    sweep()
    drain()
    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED


def test_payment_that_never_got_a_page_is_given_up_when_its_time_is_over(live_desk: Desk) -> None:
    payment = PaymentFactory(invoice=live_desk.owe(), expires_at=timezone.now())
    refresh(payment, now=payment.expires_at)
    close_checkout(payment)
    assert Payment.objects.get().state == PaymentState.PENDING
    for _twice in range(2):
        refresh(payment, now=payment.expires_at + dt.timedelta(seconds=1))
    assert Payment.objects.get().state == PaymentState.CANCELED


def test_fee_that_stripe_names_later_is_booked_when_it_does(desk: Desk) -> None:
    payment = desk.checkout(desk.owe())
    desk.pay(payment)
    charge = desk.sandbox.store.all("charge")[0]
    desk.sandbox.store.save({**charge, "balance_transaction": None})
    refresh(payment, now=timezone.now())
    assert balances()["stripe_fees"] == 0
    desk.sandbox.store.save(charge)
    told = gateway.Event("evt_late", "charge.updated", "", False, event_of(charge))  # noqa: FBT003
    store_event(told, now=timezone.now())
    process_event(StripeEvent.objects.get(), now=timezone.now())
    assert balances()["stripe_fees"] == 1_770
    assert agrees(desk)


@pytest.mark.parametrize("change", [{"amount_total": 1}, {"currency": "eur"}])
def test_another_sum_or_currency_opens_a_case_and_pays_nothing(
    desk: Desk, change: dict[str, object]
) -> None:
    payment = desk.checkout(desk.owe())
    desk.pay(payment)
    session = desk.sandbox.store.get("checkout.session", payment.stripe_session_id)
    assert session is not None
    desk.sandbox.store.save({**session, **change})
    with pytest.raises(AmountMismatch):
        refresh(payment, now=timezone.now())
    assert Case.objects.get().kind == "payments.amount_mismatch"
    assert Invoice.objects.get().state == InvoiceState.OPEN


def test_free_invoice_settles_itself(desk: Desk) -> None:
    invoice = desk.owe(0, 0)
    assert (invoice.state, invoice.total_cents) == (InvoiceState.PAID, 0)


def test_network_inside_a_transaction_is_refused(desk: Desk) -> None:
    invoice = desk.owe()
    with pytest.raises(NetworkInsideTransaction), transaction.atomic():
        desk.checkout(invoice)


def test_closing_a_page_twice_is_no_error(desk: Desk) -> None:
    payment = desk.checkout(desk.owe())
    close_checkout(payment)
    close_checkout(payment)
    assert gateway.fetch_session(payment.stripe_session_id).status == "expired"


def test_expiry_is_at_least_half_an_hour_away(desk: Desk) -> None:
    now = timezone.now()
    payment = start_checkout(
        desk.owe(),
        actor=desk.payer,
        expires_at=now + dt.timedelta(minutes=3),
        success_path="/done",
        cancel_path="/back",
        now=now,
    )
    assert payment.expires_at >= now + dt.timedelta(minutes=30)
