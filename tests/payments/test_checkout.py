import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from payments import gateway
from payments.actions.checkout import InvoiceNotPayable, close_checkout, refresh, start_checkout
from payments.actions.invoices import void_invoice
from payments.actions.receipts import AmountMismatch
from payments.gateway import NetworkInsideTransaction, PaymentsUnavailable
from payments.models import Invoice, Payment, Refund
from payments.queries import balances, ledger_faults
from payments.states import InvoiceState, PaymentState, RefundState
from payments.tasks import sweep
from tests.payments.conftest import Desk
from usce.accounts.models import User
from usce.cases.models import Case
from usce.jobs.tasks import drain
from usce.notifications.models import Mail
from usce.permissions import SYSTEM


def agrees(desk: Desk) -> bool:
    return ledger_faults(gateway.balance_cents()) == []


def test_paid_page_pays_the_invoice_and_books_every_cent(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    live_desk.pay(live_desk.checkout(invoice))
    live_desk.hear()
    drain()
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number) == (InvoiceState.PAID, f"{invoice.paid_at:%Y}-000001")
    assert balances() == {
        "stripe_balance": 60_000 - 1_770,
        "stripe_fees": 1_770,
        "held_for_payees": -54_000,
        "platform_fees": -6_000,
        "unallocated": 0,
        "refunds_owed": 0,
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


@pytest.mark.parametrize("kind", ["refuse", "error_after", "timeout_after", "rate_limit"])
def test_call_that_went_wrong_is_taken_up_again_with_one_page(desk: Desk, kind: str) -> None:
    invoice = desk.owe()
    desk.sandbox.control("fail", method="POST", path="checkout/sessions$", kind=kind)
    with pytest.raises(PaymentsUnavailable):
        desk.checkout(invoice)
    payment = Payment.objects.get()
    if kind in {"refuse", "error_after"}:  # Stripe keeps a 500 under the key for a day
        Payment.objects.update(idempotency_key="another")
    assert desk.checkout(invoice) == payment
    assert Payment.objects.count() == 1


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
