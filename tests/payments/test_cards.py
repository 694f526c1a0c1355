"""A kept card: charged once, when it was said; a bank's no is told; nothing is tried blindly."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from payments import gateway
from payments.actions.cards import begin_charge, let_go_card, send_charge
from payments.actions.checkout import Share, start_checkout
from payments.actions.invoices import void_invoice
from payments.actions.refunds import refund_payment
from payments.handlers import HANDLERS
from payments.models import Account, Call, Invoice, Payment, RefundEnding, SavedCard
from payments.queries import balances, ledger_faults
from payments.signals import card_refused
from payments.states import CallState, InvoiceState, PaymentState
from payments.tasks import let_go_of_card, refresh_payment, send_begun_charge, send_promised_refund
from tests.payments.conftest import Desk
from usce.accounts.models import User
from usce.jobs.models import Job
from usce.permissions import SYSTEM

ALWAYS_ASKS = "4000002760003184"
EMPTY = "4000000000009995"


def kept(desk: Desk, *, keeps: bool = True, **how: object) -> SavedCard | None:
    """The first invoice is paid by a page that keeps the card."""
    now = timezone.now()
    payment = start_checkout(
        desk.owe(),
        actor=desk.payer,
        expires_at=now + dt.timedelta(minutes=35),
        success_path="/done",
        cancel_path="/back",
        now=now,
        share=Share(keeps_card=keeps),
    )
    desk.pay(payment, **how)
    desk.hear_all()
    return SavedCard.objects.filter(payment=payment).first()


@pytest.fixture
def card(desk: Desk) -> SavedCard:
    found = kept(desk)
    assert found is not None
    return found


@pytest.fixture
def balance(desk: Desk, card: SavedCard) -> Invoice:
    return desk.owe(100_000)


def charge(invoice: Invoice, card: SavedCard) -> Payment:
    payment = begin_charge(invoice, card, now=timezone.now())
    assert payment is not None
    return payment


def as_now(payment: Payment) -> Payment:
    return Payment.objects.select_related("invoice", "payer").get(pk=payment.pk)


def intents(desk: Desk) -> list[dict[str, Any]]:
    return [i for i in desk.sandbox.store.all("payment_intent") if i["amount"] == 100_000]


def agrees() -> bool:
    return ledger_faults(gateway.balance_cents()) == []


def test_page_that_was_ticked_keeps_the_card_by_stripes_id_alone(card: SavedCard) -> None:
    assert card.card == "Visa ending 4242"
    assert card.stripe_method_id.startswith("pm_")
    assert card.payment.keeps_card


def test_page_without_the_tick_keeps_nothing(desk: Desk) -> None:
    assert kept(desk, keeps=False) is None
    methods = desk.sandbox.store.all("payment_method")
    assert [method["customer"] for method in methods] == [None]


def test_tick_that_comes_later_opens_another_page(desk: Desk) -> None:
    invoice, now = desk.owe(), timezone.now()
    first = desk.checkout(invoice)
    again = start_checkout(
        invoice, actor=desk.payer, expires_at=now + dt.timedelta(minutes=35),
        success_path="/done", cancel_path="/back", now=now, share=Share(keeps_card=True),
    )  # fmt: skip
    assert again.pk != first.pk
    assert as_now(first).state == PaymentState.CANCELED


def test_card_is_charged_without_the_person_and_every_cent_agrees(
    desk: Desk, card: SavedCard, balance: Invoice
) -> None:
    payment = charge(balance, card)
    send_begun_charge(payment.pk)
    desk.hear_all()
    fresh = as_now(payment)
    assert (fresh.state, fresh.card, fresh.stripe_session_id) == (
        PaymentState.SUCCEEDED,
        "Visa ending 4242",
        "",
    )
    assert fresh.invoice.state == InvoiceState.PAID
    assert Call.objects.get().state == CallState.ANSWERED
    assert len(intents(desk)) == 1
    assert agrees()


def test_refund_goes_back_to_that_charge(desk: Desk, card: SavedCard, balance: Invoice) -> None:
    payment = charge(balance, card)
    send_begun_charge(payment.pk)
    refund = refund_payment(
        as_now(payment), 100_000, reason="canceled", actor=SYSTEM, now=timezone.now()
    )
    send_promised_refund(refund.pk)
    desk.hear_all()
    found = desk.sandbox.store.all("refund")[0]
    assert found["payment_intent"] == as_now(payment).stripe_intent_id
    assert agrees()


@pytest.mark.parametrize(
    ("number", "code"),
    [(EMPTY, "insufficient_funds"), (ALWAYS_ASKS, "authentication_required")],
)
def test_refusal_is_kept_told_and_never_tried_again(
    desk: Desk,
    card: SavedCard,
    balance: Invoice,
    number: str,
    code: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    told: list[int] = []

    def hear(invoice_id: int, **_kwargs: Any) -> None:
        told.append(invoice_id)

    card_refused.connect(hear)
    try:
        desk.sandbox.control("turn_card", payment_method=card.stripe_method_id, number=number)
        payment = charge(balance, card)
        with django_capture_on_commit_callbacks(execute=True):
            send_begun_charge(payment.pk)
    finally:
        card_refused.disconnect(hear)
    assert told == [balance.pk]
    fresh = as_now(payment)
    assert (fresh.state, fresh.failure_code) == (PaymentState.FAILED, code)
    assert fresh.invoice.state == InvoiceState.OPEN
    card.refresh_from_db()
    assert card.removed_at is not None
    assert begin_charge(balance, card, now=timezone.now()) is None
    send_charge(fresh, now=timezone.now())
    desk.hear_all()
    assert len(intents(desk)) == 1
    assert as_now(payment).state == PaymentState.FAILED
    assert agrees()


def test_second_charge_of_an_invoice_is_refused_by_the_database(
    card: SavedCard, balance: Invoice
) -> None:
    first = charge(balance, card)
    Payment.objects.filter(pk=first.pk).update(state=PaymentState.FAILED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            invoice=balance, payer=first.payer, saved_card=card, amount_cents=1,
            expires_at=timezone.now(), created_at=timezone.now(), idempotency_key="again",
        )  # fmt: skip


def test_nothing_is_charged_that_is_paid_void_or_being_paid(desk: Desk, card: SavedCard) -> None:
    now = timezone.now()
    paid, void, open_ = desk.owe(), desk.owe(), desk.owe()
    desk.pay(desk.checkout(paid))
    desk.hear_all()
    void_invoice(void, actor=SYSTEM, now=now, reason="x")
    desk.checkout(open_)
    for invoice in (paid, void, open_):
        assert begin_charge(invoice, card, now=now) is None


def test_part_that_was_paid_meanwhile_is_not_charged_again(desk: Desk, card: SavedCard) -> None:
    invoice, now = desk.owe(100_000), timezone.now()
    part = start_checkout(
        invoice, actor=desk.payer, expires_at=now + dt.timedelta(minutes=35),
        success_path="/done", cancel_path="/back", now=now, share=Share(40_000),
    )  # fmt: skip
    desk.pay(part)
    desk.hear_all()
    payment = charge(invoice, card)
    assert payment.amount_cents == 60_000
    send_begun_charge(payment.pk)
    assert as_now(payment).invoice.state == InvoiceState.PAID


def test_card_of_a_disputed_payment_is_not_charged(
    desk: Desk, card: SavedCard, balance: Invoice
) -> None:
    intent = desk.sandbox.store.get("payment_intent", card.payment.stripe_intent_id)
    assert intent is not None
    desk.sandbox.control("dispute", charge=intent["latest_charge"])
    desk.hear_all()
    assert begin_charge(balance, card, now=timezone.now()) is None


def test_invoice_given_up_before_the_job_ran_is_not_charged(
    desk: Desk, card: SavedCard, balance: Invoice
) -> None:
    payment = charge(balance, card)
    Invoice.objects.filter(pk=balance.pk).update(state=InvoiceState.VOID, voided_at=timezone.now())
    send_begun_charge(payment.pk)
    assert as_now(payment).state == PaymentState.CANCELED
    assert intents(desk) == []
    assert Call.objects.get().state == CallState.ANSWERED


def test_card_removed_before_the_job_ran_is_not_charged(
    desk: Desk, card: SavedCard, balance: Invoice
) -> None:
    payment = charge(balance, card)
    let_go_card(card, actor=desk.payer, now=timezone.now())
    send_begun_charge(payment.pk)
    assert as_now(payment).state == PaymentState.CANCELED
    assert intents(desk) == []


@pytest.mark.parametrize("kind", ["timeout_after", "error_after"])
def test_answer_that_never_came_is_found_and_charged_once(
    desk: Desk, card: SavedCard, balance: Invoice, kind: str
) -> None:
    payment = charge(balance, card)
    desk.sandbox.control("fail", method="POST", path="payment_intents", kind=kind)
    with pytest.raises(gateway.PaymentsUnavailable):
        send_begun_charge(payment.pk)
    assert as_now(payment).state == PaymentState.PENDING
    refresh_payment(payment.pk)
    assert as_now(payment).state == PaymentState.SUCCEEDED
    assert len(intents(desk)) == 1
    desk.hear_all()
    assert agrees()


@pytest.mark.parametrize("kind", ["refuse", "rate_limit"])
def test_call_that_stripe_did_not_take_is_made_again(
    desk: Desk, card: SavedCard, balance: Invoice, kind: str
) -> None:
    payment = charge(balance, card)
    desk.sandbox.control("fail", method="POST", path="payment_intents", kind=kind)
    with pytest.raises(gateway.PaymentsUnavailable):
        send_begun_charge(payment.pk)
    refresh_payment(payment.pk)
    assert as_now(payment).state == PaymentState.SUCCEEDED
    assert len(intents(desk)) == 1


def test_invoice_given_up_while_stripe_charged_gives_the_money_back(
    desk: Desk, card: SavedCard, balance: Invoice
) -> None:
    payment = charge(balance, card)
    desk.sandbox.control("fail", method="POST", path="payment_intents", kind="timeout_after")
    with pytest.raises(gateway.PaymentsUnavailable):
        send_begun_charge(payment.pk)
    void_invoice(balance, actor=SYSTEM, now=timezone.now(), reason="canceled")
    send_begun_charge(payment.pk)
    assert as_now(payment).state == PaymentState.CANCELED
    assert Call.objects.get().state == CallState.ANSWERED
    desk.hear_all()
    fresh = as_now(payment)
    assert (fresh.state, fresh.is_late, fresh.refunded_cents) == (
        PaymentState.SUCCEEDED,
        True,
        100_000,
    )
    send_promised_refund(fresh.refunds.get().pk)
    assert balances()[Account.UNALLOCATED] == 0
    assert agrees()


def test_card_that_stripe_let_go_is_told_as_refused(
    desk: Desk, card: SavedCard, balance: Invoice
) -> None:
    payment = charge(balance, card)
    let_go_of_card(card.pk)
    send_begun_charge(payment.pk)
    assert as_now(payment).state == PaymentState.FAILED


def test_owner_lets_go_in_one_step_and_twice_is_no_error(
    desk: Desk, card: SavedCard, dora: User
) -> None:
    with pytest.raises(PermissionDenied):
        let_go_card(card, actor=dora, now=timezone.now())
    for _twice in range(2):
        let_go_card(card, actor=desk.payer, now=timezone.now())
        let_go_of_card(card.pk)
    assert Job.objects.filter(name="payments.let_go_card").count() == 1
    found = desk.sandbox.store.get("payment_method", card.stripe_method_id)
    assert found is not None
    assert found["customer"] is None


def test_card_of_money_that_came_too_late_is_let_go(desk: Desk) -> None:
    invoice, now = desk.owe(), timezone.now()
    payment = start_checkout(
        invoice, actor=desk.payer, expires_at=now + dt.timedelta(minutes=35),
        success_path="/done", cancel_path="/back", now=now, share=Share(keeps_card=True),
    )  # fmt: skip
    void_invoice(invoice, actor=SYSTEM, now=now, reason="lapsed")
    desk.pay(payment)
    desk.hear_all()
    card = SavedCard.objects.get()
    assert card.removed_at is not None
    assert Job.objects.filter(name="payments.let_go_card").count() == 1


def test_charge_without_an_answer_yet_stays_open(
    desk: Desk, card: SavedCard, balance: Invoice
) -> None:
    payment = charge(balance, card)
    desk.sandbox.control("fail", method="POST", path="payment_intents", kind="timeout_after")
    with pytest.raises(gateway.PaymentsUnavailable):
        send_begun_charge(payment.pk)
    store = desk.sandbox.store
    store.save(intents(desk)[0] | {"status": "processing"})
    send_begun_charge(payment.pk)
    assert as_now(payment).state == PaymentState.PENDING


def test_event_of_a_charge_that_stripe_does_not_list_changes_nothing(
    desk: Desk, card: SavedCard, balance: Invoice
) -> None:
    payment = charge(balance, card)
    told = {"id": "pi_x", "metadata": {"payment": payment.public_id}}
    assert HANDLERS["payment_intent.succeeded"](told, timezone.now())
    assert as_now(payment).state == PaymentState.PENDING


def test_rows_say_what_they_are(card: SavedCard) -> None:
    assert str(card) == card.public_id
    assert str(RefundEnding(public_id="abc")) == "abc"
