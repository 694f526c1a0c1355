import datetime as dt
import itertools
import json
import threading
import time

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from payments import gateway
from payments.actions.events import queue_stale_events, store_event
from payments.actions.invoices import void_invoice
from payments.handlers import process_event
from payments.models import Invoice, LedgerTransaction, Payment, Refund, StripeEvent
from payments.queries import balances, ledger_faults
from payments.states import EventState, InvoiceState, PaymentState
from payments.tasks import send_promised_refund
from tests.payments.conftest import Desk
from usce.devstack.stripe_sandbox.events import signature
from usce.jobs.models import Job
from usce.jobs.tasks import drain
from usce.permissions import SYSTEM

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


def in_order(desk: Desk, order: tuple[str, ...]) -> None:
    """Process the events of the kinds in this order, each twice."""
    by_kind = {event.kind: event for event in desk.events()}
    for kind in order:
        for _twice in range(2):
            store_event(by_kind[kind], now=timezone.now())
            process_event(StripeEvent.objects.get(event_id=by_kind[kind].id), now=timezone.now())


@pytest.mark.parametrize("order", list(itertools.permutations(LIFE)), ids=lambda o: o[0][:20])
def test_every_order_of_a_payment_ends_alike(desk: Desk, order: tuple[str, ...]) -> None:
    invoice = desk.owe()
    desk.pay(desk.checkout(invoice))
    in_order(desk, order)
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
    in_order(desk, ("payment_intent.created",))
    first = [kind for kind in order if kind != "refund.created"]
    in_order(desk, (first[0],))
    send_promised_refund(Refund.objects.get().pk)
    in_order(desk, order)
    assert balances()["stripe_balance"] == -1_770
    assert ledger_faults(gateway.balance_cents()) == []


def test_twenty_equal_events_at_once_have_one_effect(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    live_desk.pay(live_desk.checkout(invoice))
    live_desk.hear()
    rows = list(StripeEvent.objects.filter(kind="checkout.session.completed"))
    failures: list[Exception] = []

    def work() -> None:
        try:
            process_event(StripeEvent.objects.get(pk=rows[0].pk), now=timezone.now())
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain()
    assert LedgerTransaction.objects.count() == 2
    assert Invoice.objects.get().number.endswith("-000001")
    assert ledger_faults(gateway.balance_cents()) == []


def test_error_is_kept_with_the_event_and_the_retry_succeeds(live_desk: Desk) -> None:
    invoice = live_desk.owe()
    live_desk.pay(live_desk.checkout(invoice))
    live_desk.sandbox.control("fail", method="GET", path="checkout", kind="refuse", times=2)
    live_desk.hear()
    drain()
    failed = StripeEvent.objects.filter(state=EventState.FAILED)
    assert failed.count() >= 1
    assert "PaymentsUnavailable" in failed[0].error
    Job.objects.filter(state="waiting").update(run_after=timezone.now())
    drain()
    assert Payment.objects.get().state == PaymentState.SUCCEEDED


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
