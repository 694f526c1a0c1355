"""What each kind of event means. Every one asks Stripe again, so that their order is no matter."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from payments import gateway
from payments.actions.accounts import refresh_account
from payments.actions.cards import refresh_charge
from payments.actions.checkout import apply_session
from payments.actions.disputes import apply_dispute
from payments.actions.events import finish_event
from payments.actions.refunds import refresh_refund
from payments.gateway import connect
from payments.models import Payment, PayoutAccount, Refund, StripeEvent
from payments.states import EventState
from usce.crashpoints import reach

Found = Mapping[str, Any]
Handler = Callable[[Found, datetime], bool]


def process_event(event: StripeEvent, *, now: datetime) -> None:
    """Handle a stored event once; an error is kept on the row and raised for the job's retry."""
    if event.state in (EventState.PROCESSED, EventState.IGNORED):
        return
    handler = _handler_of(event)
    if handler is None:
        finish_event(event, EventState.IGNORED, now=now)
        return
    try:
        is_ours = handler(event.payload["data"]["object"], now)
    except Exception as error:
        finish_event(event, EventState.FAILED, now=now, error=repr(error))
        raise
    reach("event.before_commit")
    finish_event(event, EventState.PROCESSED if is_ours else EventState.IGNORED, now=now)
    reach("event.after_commit")


def _handler_of(event: StripeEvent) -> Handler | None:
    """None for what is none of ours: an unknown kind, the other mode, an account nobody knows."""
    if event.payload["livemode"] != gateway.is_live():
        return None
    if event.payload.get("account"):
        return CONNECTED.get(event.kind)
    return HANDLERS.get(event.kind)


def _session(found: Found, now: datetime) -> bool:
    payment = _payment(found.get("client_reference_id") or "")
    if payment is None:
        return False
    apply_session(payment, gateway.fetch_session(found["id"]), now=now)
    return True


def _intent(found: Found, now: datetime) -> bool:
    payment = _payment((found.get("metadata") or {}).get("payment", ""))
    if payment is not None and payment.saved_card_id:
        refresh_charge(payment, now=now)
        return True
    if payment is None or not payment.stripe_session_id:
        return False
    apply_session(payment, gateway.fetch_session(payment.stripe_session_id), now=now)
    return True


def _refund(found: Found, now: datetime) -> bool:
    ref = (found.get("metadata") or {}).get("refund", "")
    refund = Refund.objects.filter(public_id=ref).first()
    if refund is None:
        return False
    refresh_refund(refund, now=now)
    return True


def _dispute(found: Found, now: datetime) -> bool:
    return apply_dispute(connect.fetch_dispute(found["id"]), now=now) is not None


def _account(found: Found, now: datetime) -> bool:
    account = PayoutAccount.objects.filter(stripe_account_id=found["id"]).first()
    if account is None:
        return False
    refresh_account(account, now=now)
    return True


def _payment(ref: str) -> Payment | None:
    return Payment.objects.select_related("invoice__payer", "payer").filter(public_id=ref).first()


HANDLERS: dict[str, Handler] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "checkout.session.expired": _session,
    "payment_intent.succeeded": _intent,
    "payment_intent.payment_failed": _intent,
    "charge.updated": _intent,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "charge.dispute.closed": _dispute,
}
# Events of connected accounts, which carry the account's id.
CONNECTED: dict[str, Handler] = {"account.updated": _account}
