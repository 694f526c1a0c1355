import datetime as dt
import itertools
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from payments import gateway
from payments.actions.events import queue_stale_events, store_event
from payments.actions.invoices import settle, void_invoice
from payments.handlers import process_event
from payments.models import Invoice, LedgerTransaction, Payment, Refund, StripeEvent
from payments.queries import balances, ledger_faults
from payments.states import EventState, InvoiceState, PaymentState
from payments.tasks import send_promised_refund
from tests.payments.conftest import Desk
from usce.audit.models import AuditEntry
from usce.devstack.stripe_sandbox.events import signature
from usce.jobs.models import Job
from usce.jobs.tasks import drain
from usce.permissions import SYSTEM
from usce.states import lock

URL = "/webhooks/stripe"


def post(body: bytes, header: str) -> int:
    return (
        Client()
        .post(URL, body, content_type="application/json", headers={"Stripe-Signature": header})
        .status_code
    )


def event_body(
    identifier: str = "evt_1", kind: str = "unknown.kind", *, live: bool = False
) -> bytes:
    return json.dumps(
        {"id": identifier, "object": "event", "type": kind, "livemode": live,
         "api_version": "x", "data": {"object": {}}, "created": 1}
    ).encode()  # fmt: skip


def test_signed_event_is_stored_once_and_answered_alike(desk: Desk) -> None:
    body = event_body()
    header = signature(body, "whsec_test", int(time.time()))
    assert [post(body, header), post(body, header)] == [200, 200]
    assert StripeEvent.objects.count() == 1
    assert Job.objects.filter(name="payments.process_event").count() == 1


@pytest.mark.parametrize(
    ("secret", "age", "altered"),
    [("whsec_wrong", 0, False), ("whsec_test", 301, False), ("whsec_test", 0, True)],
)
def test_forged_old_or_altered_event_leaves_no_row(
    desk: Desk, secret: str, age: int, altered: bool
) -> None:
    body = event_body()
    header = signature(body, secret, int(time.time()) - age)
    assert post(body + b" " if altered else body, header) == 400
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize("header", ["", "t=1", "v1=abc", "nonsense"])
def test_unsigned_event_leaves_no_row(desk: Desk, header: str) -> None:
    assert post(event_body(), header) == 400
    assert StripeEvent.objects.count() == 0


def test_both_secrets_fit_while_one_replaces_the_other(desk: Desk, settings: object) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", "whsec_old"]  # type: ignore[attr-defined]
    for number, secret in enumerate(("whsec_new", "whsec_old")):
        body = event_body(f"evt_{number}")
        assert post(body, signature(body, secret, int(time.time()))) == 200


@pytest.mark.parametrize(("kind", "live"), [("unknown.kind", False), ("refund.updated", True)])
def test_unknown_and_live_events_are_kept_but_ignored(desk: Desk, kind: str, live: bool) -> None:
    body = event_body(kind=kind, live=live)
    post(body, signature(body, "whsec_test", int(time.time())))
    process_event(StripeEvent.objects.get(), now=timezone.now())
    assert StripeEvent.objects.get().state == EventState.IGNORED


def test_event_about_nothing_of_ours_is_ignored(desk: Desk) -> None:
    for kind in ("checkout.session.completed", "payment_intent.succeeded", "refund.updated"):
        body = event_body(kind, kind)
        post(body, signature(body, "whsec_test", int(time.time())))
        process_event(StripeEvent.objects.get(event_id=kind), now=timezone.now())
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {EventState.IGNORED}


LIFE = ("payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
        "checkout.session.completed")  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations(LIFE)), ids=lambda o: o[0][:20])
def test_every_order_of_a_payment_ends_alike(desk: Desk, order: tuple[str, ...]) -> None:
    invoice = desk.owe()
    desk.pay(desk.checkout(invoice))
    desk.hear_in(order)
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID
    assert LedgerTransaction.objects.count() == 2
    assert ledger_faults(gateway.balance_cents()) == []


LATE = ("payment_intent.succeeded", "checkout.session.completed", "refund.created")


@pytest.mark.parametrize("order", list(itertools.permutations(LATE)), ids=lambda o: o[0][:20])
def test_every_order_of_late_money_ends_alike(desk: Desk, order: tuple[str, ...]) -> None:
    invoice = desk.owe()
    payment = desk.checkout(invoice)
    void_invoice(invoice, actor=SYSTEM, now=timezone.now(), reason="test")
    desk.pay(payment)
    desk.hear_in(("payment_intent.created",))
    first = [kind for kind in order if kind != "refund.created"]
    desk.hear_in((first[0],))
    send_promised_refund(Refund.objects.get().pk)
    desk.hear_in(order)
    assert balances()["stripe_balance"] == -1_770
    assert ledger_faults(gateway.balance_cents()) == []


def at_once(times: int, do: Callable[[], object]) -> list[object]:
    """What each of so many threads got back, or raised."""

    def work(_number: int) -> object:
        try:
            return do()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(work, range(times)))


@pytest.mark.race
def test_twenty_equal_webhooks_at_once_have_one_effect(live_desk: Desk) -> None:
    live_desk.pay(live_desk.checkout(live_desk.owe()))
    event = next(e for e in live_desk.events() if e.kind == "checkout.session.completed")
    body = json.dumps(event.payload).encode()
    header = signature(body, "whsec_test", int(time.time()))
    assert at_once(20, lambda: post(body, header)) == [200] * 20
    stored = StripeEvent.objects.get()
    handled = at_once(
        20, lambda: process_event(StripeEvent.objects.get(pk=stored.pk), now=timezone.now())
    )
    assert handled == [None] * 20
    drain()
    assert LedgerTransaction.objects.count() == 2
    assert Invoice.objects.get().number.endswith("-000001")
    assert AuditEntry.objects.filter(action="payments.payment.succeeded").count() == 1
    assert ledger_faults(gateway.balance_cents()) == []


@pytest.mark.race
def test_receipts_paid_at_once_are_numbered_without_gaps(live_desk: Desk) -> None:
    invoices = iter([live_desk.owe() for _n in range(8)])

    def pay() -> None:
        with transaction.atomic():
            settle(lock(next(invoices)), actor=SYSTEM, now=timezone.now())

    assert at_once(8, pay) == [None] * 8
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert [int(number[-6:]) for number in numbers] == list(range(1, 9))


DECLINED = ("payment_intent.payment_failed", "payment_intent.succeeded",
            "checkout.session.completed")  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations(DECLINED)), ids=lambda o: o[0][:20])
def test_every_order_of_a_second_try_ends_alike(desk: Desk, order: tuple[str, ...]) -> None:
    payment = desk.checkout(desk.owe())
    with pytest.raises(OSError, match="402"):
        desk.pay(payment, card="4000000000000002")
    desk.pay(payment)
    desk.hear_in(order)
    assert Payment.objects.get().state == PaymentState.SUCCEEDED
    assert ledger_faults(gateway.balance_cents()) == []


def test_error_is_kept_with_the_event_and_the_retry_succeeds(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    live_desk.pay(live_desk.checkout(invoice))
    live_desk.sandbox.control("fail", method="GET", path="checkout", kind="refuse", times=2)
    live_desk.hear()
    drain()
    failed = StripeEvent.objects.filter(state=EventState.FAILED)
    assert failed.count() >= 1
    assert "AnswerKept" in failed[0].error
    Job.objects.filter(state="waiting").update(run_after=timezone.now())
    drain()
    assert Payment.objects.get().state == PaymentState.SUCCEEDED


THREE_DAYS = dt.timedelta(days=3)


@pytest.mark.parametrize(
    "late", [THREE_DAYS - dt.timedelta(seconds=1), THREE_DAYS, THREE_DAYS + dt.timedelta(seconds=1)]
)
def test_events_exactly_three_days_late_still_pay(desk: Desk, late: dt.timedelta) -> None:
    """So long Stripe tries again, each time with a signature of its own moment."""
    invoice = desk.owe()
    desk.pay(desk.checkout(invoice))
    for event in desk.events():
        assert post(json.dumps(event.payload).encode(), signed_now(event)) == 200
    for stored in StripeEvent.objects.order_by("id"):
        process_event(stored, now=timezone.now() + late)
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID
    assert ledger_faults(gateway.balance_cents()) == []


def test_event_three_days_late_for_a_seat_that_was_given_back_refunds(desk: Desk) -> None:
    invoice = desk.owe()
    payment = desk.checkout(invoice)
    desk.pay(payment)
    void_invoice(invoice, actor=SYSTEM, now=timezone.now() + dt.timedelta(minutes=36), reason="x")
    for event in desk.events():
        store_event(event, now=timezone.now() + THREE_DAYS)
    for stored in StripeEvent.objects.order_by("id"):
        process_event(stored, now=timezone.now() + THREE_DAYS)
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.reason) == (payment.amount_cents, "late")
    send_promised_refund(refund.pk)
    assert ledger_faults(gateway.balance_cents()) == []


def signed_now(event: gateway.Event) -> str:
    return signature(json.dumps(event.payload).encode(), "whsec_test", int(time.time()))


def test_stale_events_are_queued_again(live_desk: Desk) -> None:
    live_desk.pay(live_desk.checkout(live_desk.owe()))
    live_desk.hear()
    Job.objects.all().delete()
    later = timezone.now() + dt.timedelta(minutes=2)
    assert queue_stale_events(later) == StripeEvent.objects.count()
    drain()
    assert Invoice.objects.get().state == InvoiceState.PAID


def test_webhook_refuses_other_methods(desk: Desk) -> None:
    assert Client().get(URL).status_code == 405
