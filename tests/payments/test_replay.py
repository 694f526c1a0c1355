"""A whole life of one payment, told again in another order: nothing more happens."""

import os
import random
from collections.abc import Sequence

import pytest
from django.utils import timezone

from payments import gateway
from payments.actions.events import store_event
from payments.handlers import process_event
from payments.models import Invoice, LedgerTransaction, Payment, Refund, StripeEvent
from payments.queries import balances, ledger_faults
from payments.states import InvoiceState, PaymentState, RefundState
from payments.tasks import send_promised_refund
from tests.payments.conftest import Desk
from tests.payments.test_refunds import give_back
from usce.audit.models import AuditEntry
from usce.notifications.models import Mail

# `make torture` asks for more of them.
ORDERS = int(os.environ.get("EVENT_ORDERS", "12"))


def lived(desk: Desk) -> None:
    """A declined card, a good one, a part refunded, the rest refunded and sent back by the bank."""
    payment = desk.checkout(desk.owe())
    with pytest.raises(OSError, match="402"):
        desk.pay(payment, card="4000000000000002")
    desk.pay(payment)
    tell(desk.events())
    for cents in (20_000, 40_000):
        send_promised_refund(give_back(Payment.objects.get(), cents).pk)
    returned = Refund.objects.get(amount_cents=40_000).stripe_refund_id
    desk.sandbox.control("fail_refund", refund=returned)


def tell(events: Sequence[gateway.Event]) -> None:
    """Deliver them in this order; what is processed already is left alone, as by the worker."""
    for event in events:
        store_event(event, now=timezone.now())
        process_event(StripeEvent.objects.get(event_id=event.id), now=timezone.now())


def standing() -> list[object]:
    """All that a repeated event could have done twice."""
    return [
        Invoice.objects.get().state,
        Payment.objects.get().state,
        sorted(Refund.objects.values_list("amount_cents", "state")),
        balances(),
        AuditEntry.objects.exclude(action__startswith="payments.stripeevent.").count(),
        LedgerTransaction.objects.count(),
        Mail.objects.count(),
    ]


@pytest.mark.parametrize("seed", range(ORDERS))
def test_life_told_in_any_order_ends_alike(desk: Desk, seed: int) -> None:
    lived(desk)
    events = desk.events()
    random.Random(seed).shuffle(events)
    tell(events)
    assert Invoice.objects.get().state == InvoiceState.PAID
    assert Payment.objects.get().state == PaymentState.SUCCEEDED
    states = dict(Refund.objects.values_list("amount_cents", "state"))
    assert states == {20_000: RefundState.SUCCEEDED, 40_000: RefundState.FAILED}
    assert ledger_faults(gateway.balance_cents()) == []
    before = standing()
    StripeEvent.objects.update(state="received", processed_at=None)
    random.Random(-seed).shuffle(events)
    tell(events)
    assert standing() == before
