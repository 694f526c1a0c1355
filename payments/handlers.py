"""What each kind of event means. Every one asks Stripe again, so that their order is no matter."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from payments import gateway
from payments.actions.checkout import apply_session
from payments.actions.events import finish_event
from payments.actions.refunds import refresh_refund
from payments.models import Payment, Refund, StripeEvent
from payments.states import EventState
from usce.crashpoints import reach

Found = Mapping[str, Any]
Handler = Callable[[Found, datetime], bool]


def process_event(event: StripeEvent, *, now: datetime) -> None:
    """Handle a stored event once; an error is kept on the row and raised for the job's retry."""
    if event.state in (EventState.PROCESSED, EventState.IGNORED):
        return
    handler = HANDLERS.get(event.kind)
    if handler is None or event.payload["livemode"]:
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


def _session(found: Found, now: datetime) -> bool:
    payment = _payment(found.get("client_reference_id") or "")
    if payment is None:
        return False
    apply_session(payment, gateway.fetch_session(found["id"]), now=now)
    return True


def _intent(found: Found, now: datetime) -> bool:
    payment = _payment((found.get("metadata") or {}).get("payment", ""))
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


def _payment(ref: str) -> Payment | None:
    return Payment.objects.select_related("invoice__payer").filter(public_id=ref).first()


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
}
