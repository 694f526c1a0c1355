"""Between a call to Stripe and its record a process may die: the money is there once anyway."""

import datetime as dt

import pytest
from django.utils import timezone

from payments import gateway
from payments.actions.cards import begin_charge
from payments.actions.checkout import Share, start_checkout
from payments.models import LedgerTransaction, Payment, Refund, SavedCard, StripeEvent
from payments.queries import ledger_faults
from payments.states import PaymentState, RefundState
from payments.tasks import send_promised_refund
from tests.payments.conftest import Desk
from tests.payments.test_refunds import give_back
from tests.support.crash import die
from usce.jobs.models import Job
from usce.jobs.tasks import drain

pytestmark = [pytest.mark.processes, pytest.mark.crash]

CHECKOUT = """
import datetime as dt
from django.utils import timezone
from payments.actions.checkout import start_checkout
from payments.models import Invoice
from usce.accounts.models import User
now = timezone.now()
start_checkout(Invoice.objects.get(), actor=User.objects.get(), now=now, success_path="/done",
    cancel_path="/back", expires_at=now + dt.timedelta(minutes=35))
"""
EVENT = """
from payments.tasks import process_stored_event
from payments.models import StripeEvent
process_stored_event(StripeEvent.objects.get(kind="checkout.session.completed").pk)
"""
STORE = """
import json, sys
from django.utils import timezone
from payments import gateway
from payments.actions.events import store_event
found = {found!r}
store_event(gateway.Event(found["id"], found["type"], "", False, found), now=timezone.now())
"""
REFUND = """
from payments.models import Refund
from payments.tasks import send_promised_refund
send_promised_refund(Refund.objects.get().pk)
"""
CHARGE = """
from payments.models import Payment
from payments.tasks import send_begun_charge
send_begun_charge(Payment.objects.get(saved_card__isnull=False).pk)
"""


def crash(desk: Desk, script: str, label: str) -> None:
    die(script, label, STRIPE_API_BASE=desk.sandbox.base_url, STRIPE_SECRET_KEY="sk_test_suite")


def settled(desk: Desk) -> None:
    """Whatever was left behind is taken up again, and every cent agrees."""
    Job.objects.update(state="waiting", run_after=timezone.now(), locked_until=None)
    drain()
    desk.hear()
    drain()
    assert ledger_faults(gateway.balance_cents()) == []


@pytest.mark.parametrize("label", ["checkout.before_call", "checkout.after_call"])
def test_death_around_the_call_leaves_one_page(live_desk: Desk, label: str) -> None:
    invoice = live_desk.owe()
    crash(live_desk, CHECKOUT, label)
    payment = live_desk.checkout(invoice)
    assert Payment.objects.count() == 1
    assert len(live_desk.sandbox.store.all("checkout.session")) == 1
    live_desk.pay(payment)
    live_desk.hear()
    settled(live_desk)
    assert Payment.objects.get().state == PaymentState.SUCCEEDED


@pytest.mark.parametrize("label", ["event.before_commit", "event.after_commit"])
def test_death_while_processing_books_once(live_desk: Desk, label: str) -> None:
    live_desk.pay(live_desk.checkout(live_desk.owe()))
    live_desk.hear()
    crash(live_desk, EVENT, label)
    settled(live_desk)
    assert LedgerTransaction.objects.count() == 2


def test_death_after_storing_answers_the_second_delivery(live_desk: Desk) -> None:
    live_desk.pay(live_desk.checkout(live_desk.owe()))
    found = live_desk.sandbox.store.all("event")[0]
    crash(live_desk, STORE.format(found=found), "event.after_store")
    assert StripeEvent.objects.count() == 1
    live_desk.hear()
    settled(live_desk)


@pytest.mark.parametrize("label", ["refund.before_call", "refund.after_call"])
def test_death_around_a_refund_sends_it_once(live_desk: Desk, label: str) -> None:
    live_desk.pay(live_desk.checkout(live_desk.owe()))
    live_desk.hear()
    drain()
    refund = give_back(Payment.objects.get(), 60_000)
    crash(live_desk, REFUND, label)
    send_promised_refund(refund.pk)
    settled(live_desk)
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert len(live_desk.sandbox.store.all("refund")) == 1


@pytest.mark.parametrize("label", ["card.before_call", "card.after_call"])
def test_death_around_the_charge_of_a_kept_card_charges_it_once(
    live_desk: Desk, label: str
) -> None:
    now = timezone.now()
    first = start_checkout(
        live_desk.owe(), actor=live_desk.payer, expires_at=now + dt.timedelta(minutes=35),
        success_path="/done", cancel_path="/back", now=now, share=Share(keeps_card=True),
    )  # fmt: skip
    live_desk.pay(first)
    live_desk.hear()
    drain()
    charge = begin_charge(live_desk.owe(100_000), SavedCard.objects.get(), now=timezone.now())
    assert charge is not None
    crash(live_desk, CHARGE, label)
    settled(live_desk)
    assert Payment.objects.get(pk=charge.pk).state == PaymentState.SUCCEEDED
    made = live_desk.sandbox.store.all("payment_intent")
    assert [intent["amount"] for intent in made] == [100_000, 60_000]
