"""A process may die between a call to Stripe and its record: the money moves once anyway."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from payments.actions.accounts import open_payout_account
from payments.actions.disputes import submit_dispute
from payments.actions.refunds import refund_payment
from payments.actions.transfers import release_tranche
from payments.models import Dispute, Payment, Payout, Reversal
from payments.states import DisputeState
from tests.payments.conftest import Desk
from tests.payments.house import House
from tests.support.crash import die
from usce.accounts.models import StaffRole, User
from usce.permissions import SYSTEM

pytestmark = [pytest.mark.processes, pytest.mark.crash]

SEND = """
from payments.models import Payout
from payments.tasks import send_released_payout
send_released_payout(Payout.objects.get().pk)
"""
REVERSE = """
from payments.models import Reversal
from payments.tasks import send_asked_reversal
send_asked_reversal(Reversal.objects.get().pk)
"""
SUBMIT = """
from django.utils import timezone
from payments.actions.disputes import submit_dispute
from payments.models import Dispute
from usce.accounts.models import User
submit_dispute(Dispute.objects.get(), rebuttal="x", now=timezone.now(),
    actor=User.objects.get(email="fay@example.test"))
"""
OPEN = """
from django.utils import timezone
from payments.actions.accounts import open_payout_account
from payments.models import Party
from usce.accounts.models import User
open_payout_account(Party.objects.get(kind="provider"), return_path="/p/x/payouts",
    actor=User.objects.get(email="bruno@example.test"), now=timezone.now())
"""


@pytest.fixture
def house(live_desk: Desk) -> House:
    return House(live_desk, User.objects.create_user("bruno@example.test"))


def a_released_payout(house: House) -> Payment:
    payment = house.book()
    house.onboard()
    release_tranche(payment.invoice, "half", actor=SYSTEM, now=timezone.now())
    return payment


def an_asked_reversal(house: House) -> Payment:
    payment = a_released_payout(house)
    house.work()
    payment.refresh_from_db()
    refund_payment(payment, 60_000, reason="canceled", actor=SYSTEM, now=timezone.now())
    return payment


def a_dispute(house: House) -> Payment:
    payment = house.book()
    User.objects.create_user("fay@example.test", staff_roles=[StaffRole.FINANCE])
    house.dispute(payment)
    return payment


def an_account_to_open(house: House) -> Payment:
    return house.book()


@pytest.mark.parametrize(
    ("prepare", "script", "label"),
    [
        (a_released_payout, SEND, "transfer.before_call"),
        (a_released_payout, SEND, "transfer.after_call"),
        (an_asked_reversal, REVERSE, "reversal.before_call"),
        (an_asked_reversal, REVERSE, "reversal.after_call"),
        (a_dispute, SUBMIT, "dispute.before_call"),
        (a_dispute, SUBMIT, "dispute.after_call"),
        (an_account_to_open, OPEN, "account.before_call"),
        (an_account_to_open, OPEN, "account.after_call"),
    ],
)
def test_death_around_a_call_does_it_once(
    house: House, prepare: Callable[[House], Payment], script: str, label: str
) -> None:
    prepare(house)
    die(script, label, STRIPE_API_BASE=house.sandbox.base_url, STRIPE_SECRET_KEY="sk_test_suite")
    house.work()
    if script == SUBMIT:
        finance = User.objects.get(email="fay@example.test")
        if Dispute.objects.get().state == DisputeState.NEEDS_RESPONSE:
            submit_dispute(Dispute.objects.get(), rebuttal="x", actor=finance, now=timezone.now())
        assert Dispute.objects.get().state == DisputeState.UNDER_REVIEW
        found = house.sandbox.store.all("dispute")[0]
        assert found["evidence_details"]["submission_count"] == 1
    if script == OPEN:
        open_payout_account(
            house.party, return_path="/p/x/payouts", actor=house.owner, now=timezone.now()
        )
    assert len(house.sandbox.store.all("account")) <= 1
    assert len(house.sandbox.store.all("transfer")) == Payout.objects.count()
    assert len(house.sandbox.store.all("transfer_reversal")) == Reversal.objects.count()
    house.agrees()
