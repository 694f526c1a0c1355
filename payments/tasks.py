from datetime import timedelta

from django.utils import timezone

from payments.actions.cards import send_charge
from payments.actions.checkout import close_checkout, refresh
from payments.actions.events import queue_stale_events
from payments.actions.payouts import send_payout
from payments.actions.reconcile import fetch_booked, match_booked
from payments.actions.refunds import send_refund
from payments.actions.reversals import send_reversal
from payments.actions.statements import tell_statements
from payments.actions.transfers import release_due
from payments.gateway import balance_cents
from payments.gateway.cards import let_go
from payments.handlers import process_event
from payments.models import MonthClose, Payment, Payout, Refund, Reversal, SavedCard, StripeEvent
from payments.queries import ledger_faults, overdue_payments, unanswered_refunds
from payments.queries.payouts import unsent_payouts, unsent_reversals
from usce.jobs.actions import enqueue
from usce.jobs.registry import job


@job("payments.process_event", attempts=12)
def process_stored_event(event_id: int) -> None:
    process_event(StripeEvent.objects.get(pk=event_id), now=timezone.now())


@job("payments.send_refund", attempts=12)
def send_promised_refund(refund_id: int) -> None:
    refund = Refund.objects.select_related("payment__invoice__payer").get(pk=refund_id)
    send_refund(refund, now=timezone.now())


@job("payments.send_payout", attempts=12)
def send_released_payout(payout_id: int) -> None:
    payout = Payout.objects.select_related("payee", "transfer__payment").get(pk=payout_id)
    send_payout(payout, now=timezone.now())


@job("payments.send_reversal", attempts=12)
def send_asked_reversal(reversal_id: int) -> None:
    reversal = Reversal.objects.select_related("payout__payee").get(pk=reversal_id)
    send_reversal(reversal, now=timezone.now())


@job("payments.send_charge", attempts=12)
def send_begun_charge(payment_id: int) -> None:
    payment = Payment.objects.select_related("invoice__payer", "payer").get(pk=payment_id)
    send_charge(payment, now=timezone.now())


@job("payments.let_go_card", attempts=12)
def let_go_of_card(card_id: int) -> None:
    let_go(SavedCard.objects.get(pk=card_id).stripe_method_id)


@job("payments.close_checkout")
def close_checkout_page(payment_id: int) -> None:
    close_checkout(Payment.objects.get(pk=payment_id))


@job("payments.refresh")
def refresh_payment(payment_id: int) -> None:
    payment = Payment.objects.select_related("invoice__payer").get(pk=payment_id)
    refresh(payment, now=timezone.now())


@job("payments.sweep", every=timedelta(seconds=60))
def sweep() -> None:
    """Whatever a lost event, bell or answer left behind is taken up again."""
    now = timezone.now()
    queue_stale_events(now)
    for payment in overdue_payments(now)[:200]:
        enqueue("payments.refresh", unique_key=payment.public_id, payment_id=payment.pk)
    for refund in unanswered_refunds(now)[:200]:
        enqueue("payments.send_refund", unique_key=refund.public_id, refund_id=refund.pk)


@job("payments.sweep_payouts", every=timedelta(minutes=5))
def sweep_payouts() -> None:
    """Release what has become due; take up again what a lost answer left behind."""
    now = timezone.now()
    release_due(now)
    for payout in unsent_payouts(now)[:200]:
        enqueue("payments.send_payout", unique_key=payout.public_id, payout_id=payout.pk)
    for reversal in unsent_reversals(now)[:200]:
        enqueue("payments.send_reversal", unique_key=reversal.public_id, reversal_id=reversal.pk)


class LedgerDisagrees(Exception):  # noqa: N818 -- a finding, told as it is
    """What does not agree, a line each: the job rests as failed, where staff see it."""


@job("payments.tell_statements", attempts=6)
def tell_closed_statements(month_id: int) -> None:
    tell_statements(MonthClose.objects.get(pk=month_id), now=timezone.now())


@job("payments.reconcile", attempts=6, every=timedelta(hours=6))
def reconcile() -> None:
    """Fetch what Stripe booked, match it with the ledger, open a case for what differs."""
    now = timezone.now()
    fetch_booked(now=now)
    match_booked(now=now)


@job("payments.check_ledger", attempts=3, every=timedelta(days=1))
def check_ledger() -> None:
    """Against itself, the payments and Stripe; money may be on its way, so it is tried again."""
    if faults := ledger_faults(balance_cents()):
        raise LedgerDisagrees("\n".join(faults))
