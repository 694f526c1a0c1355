"""A process that dies between our rows and Stripe's answer neither loses money nor takes twice."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from payments import gateway
from payments.actions.refunds import refund_payment
from payments.models import Payment, Refund, StripeEvent
from payments.queries import ledger_faults
from payments.states import EventState, PaymentState, RefundState
from tests.payments.conftest import Desk
from usce.jobs.models import Job
from usce.jobs.tasks import drain
from usce.permissions import SYSTEM

SCRIPT = """
import django
django.setup()
import datetime as dt
from django.utils import timezone
from payments.actions.checkout import start_checkout
from payments.actions.events import store_event
from payments.gateway import Event
from payments.handlers import process_event
from payments.models import Invoice, Refund, StripeEvent
from payments.tasks import send_promised_refund
from usce.accounts.models import User
now = timezone.now()
{step}
"""
CHECKOUT = """
start_checkout(Invoice.objects.get(), actor=User.objects.get(), now=now, success_path="/done",
               expires_at=now + dt.timedelta(minutes=35), cancel_path="/back")
"""
STORE = "store_event(Event('evt_1', 'unknown.kind', '', False, {'livemode': False}), now=now)"
PROCESS = "process_event(StripeEvent.objects.get(kind='checkout.session.completed'), now=now)"
REFUND = "send_promised_refund(Refund.objects.get().pk)"

pytestmark = pytest.mark.processes


def die(desk: Desk, step: str, label: str) -> None:
    """Run the step in a process of its own that is killed when it reaches the label."""
    place = connection.settings_dict
    user = f"{place['USER']}:{place['PASSWORD']}@" if place["USER"] else ""
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{user}{place['HOST']}:{place['PORT']}/{place['NAME']}",
        "DJANGO_SETTINGS_MODULE": "usce.settings",
        "STRIPE_API_BASE": desk.sandbox.base_url,
        "STRIPE_SECRET_KEY": "sk_test_suite",
        "CRASH_AT": label,
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(step=step)],
        env=environment,
        cwd=settings.BASE_DIR,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL


def agrees() -> bool:
    return ledger_faults(gateway.balance_cents()) == []


@pytest.mark.parametrize("label", ["checkout.before_call", "checkout.after_call"])
def test_death_while_opening_the_page_leaves_one_page_to_pay(live_desk: Desk, label: str) -> None:
    invoice = live_desk.owe()
    die(live_desk, CHECKOUT, label)
    live_desk.pay(live_desk.checkout(invoice))
    live_desk.hear()
    drain()
    assert Payment.objects.get().state == PaymentState.SUCCEEDED
    assert len(live_desk.sandbox.store.all("checkout.session")) == 1
    assert agrees()


def test_death_after_storing_an_event_leaves_it_queued(live_desk: Desk) -> None:
    die(live_desk, STORE, "event.after_store")
    assert Job.objects.filter(name="payments.process_event").count() == 1
    drain()
    assert StripeEvent.objects.get().state == EventState.IGNORED


@pytest.mark.parametrize("label", ["event.before_commit", "event.after_commit"])
def test_death_while_handling_an_event_books_it_once(live_desk: Desk, label: str) -> None:
    live_desk.pay(live_desk.checkout(live_desk.owe()))
    live_desk.hear()
    die(live_desk, PROCESS, label)
    drain()
    assert Payment.objects.get().state == PaymentState.SUCCEEDED
    assert not StripeEvent.objects.filter(state=EventState.RECEIVED).exists()
    assert agrees()


@pytest.mark.parametrize("label", ["refund.before_call", "refund.after_call"])
def test_death_while_asking_for_a_refund_sends_it_once(live_desk: Desk, label: str) -> None:
    live_desk.pay(live_desk.checkout(live_desk.owe()))
    live_desk.hear()
    drain()
    payment, now = Payment.objects.get(), timezone.now()
    refund_payment(payment, 60_000, reason="canceled", actor=SYSTEM, now=now)
    die(live_desk, REFUND, label)
    drain()
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert len(live_desk.sandbox.store.all("refund")) == 1
    assert agrees()
