"""The only door to Stripe: small typed functions, one timeout, our own idempotency keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

from usce.errors import Refused

API_VERSION = "2026-10-28.endive"
TIMEOUT_SECONDS = 10
SIGNATURE_TOLERANCE_SECONDS = 300
EXPANDED_SESSION = ["payment_intent.latest_charge.balance_transaction"]


class PaymentsUnavailable(Refused):
    """Stripe did not answer in time, or answered that it is not well. Nothing was decided."""

    def __init__(self) -> None:
        super().__init__(
            "The payment service does not answer at the moment. Nothing was charged; "
            "please try again in a minute."
        )


class AnswerKept(PaymentsUnavailable):
    """Stripe failed inside and repeats that answer under the same key for a day.

    It may have done what was asked: look first, or give it up, then ask under a new key.
    """


class GatewayRefused(Exception):  # noqa: N818 -- Stripe said no to the request itself
    """Stripe understood and refused; `code` is its own word for why."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class BadSignature(Exception):  # noqa: N818 -- a forged, altered or old webhook
    pass


class NetworkInsideTransaction(RuntimeError):  # noqa: N818 -- a programming error, never caught
    pass


@dataclass(frozen=True)
class Line:
    label: str
    amount_cents: int


@dataclass(frozen=True)
class Session:
    """A Checkout Session as Stripe has it now; sums in cents, `fee_cents` once charged."""

    id: str
    url: str
    status: str
    is_paid: bool
    payment_ref: str
    amount_cents: int
    currency: str
    intent_id: str
    fee_cents: int
    failure_code: str
    failure_message: str
    card: str = ""
    method_id: str = ""


@dataclass(frozen=True)
class RefundAnswer:
    id: str
    status: str
    refund_ref: str
    failure_reason: str


@dataclass(frozen=True)
class Event:
    id: str
    kind: str
    api_version: str
    is_live: bool
    payload: dict[str, Any]
    account: str = ""


def create_customer(*, name: str, email: str, key: str) -> str:
    with calling() as client:
        made = client.v1.customers.create({"name": name, "email": email}, {"idempotency_key": key})
    return made.id


def create_session(
    *,
    customer: str,
    lines: list[Line],
    payment_ref: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
    key: str,
    keeps_card: bool = False,
) -> Session:
    """Open a hosted Checkout page; `payment_ref` comes back with every event about it.

    With `keeps_card` the page asks its payer to let the card be charged later.
    """
    details: Any = {"metadata": {"payment": payment_ref}}
    if keeps_card:
        details["setup_future_usage"] = "off_session"
    items: Any = [
        {
            "quantity": 1,
            "price_data": {
                "currency": "usd",
                "unit_amount": line.amount_cents,
                "product_data": {"name": line.label},
            },
        }
        for line in lines
    ]
    with calling() as client:
        made = client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "customer": customer,
                "line_items": items,
                "client_reference_id": payment_ref,
                "metadata": {"payment": payment_ref},
                "payment_intent_data": details,
                "success_url": success_url,
                "cancel_url": cancel_url,
                "expires_at": int(expires_at.timestamp()),
            },
            {"idempotency_key": key},
        )
    return _session(made.to_dict())


def fetch_session(session_id: str) -> Session:
    with calling() as client:
        found = client.v1.checkout.sessions.retrieve(session_id, {"expand": EXPANDED_SESSION})
    return _session(found.to_dict())


def expire_session(session_id: str) -> None:
    """Close the page; one that is already complete or expired stays as it is."""
    with calling() as client:
        try:
            client.v1.checkout.sessions.expire(session_id)
        except stripe.InvalidRequestError:
            return


def create_refund(
    *, intent_id: str, amount_cents: int, refund_ref: str, key: str, mails_details_to: str = ""
) -> RefundAnswer:
    """With `mails_details_to` Stripe asks there by mail where the money shall go."""
    asked: Any = {
        "payment_intent": intent_id,
        "amount": amount_cents,
        "metadata": {"refund": refund_ref},
    }
    if mails_details_to:
        asked["instructions_email"] = mails_details_to
    with calling() as client:
        made = client.v1.refunds.create(asked, {"idempotency_key": key})
    return _refund(made.to_dict())


def find_refund(*, intent_id: str, refund_ref: str) -> RefundAnswer | None:
    """The refund that we asked for before, if Stripe has it: what an unsure caller asks first."""
    with calling() as client:
        found = client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
    answers = (_refund(refund.to_dict()) for refund in found.data)
    return next((answer for answer in answers if answer.refund_ref == refund_ref), None)


def balance_cents() -> int:
    """What Stripe holds for us in dollars, available and pending together."""
    with calling() as client:
        found = client.v1.balance.retrieve().to_dict()
    parts = [*found["available"], *found["pending"]]
    return sum(part["amount"] for part in parts if part["currency"] == "usd")


def read_event(body: bytes, signature: str) -> Event:
    """Verify a webhook against each current secret; BadSignature when none fits."""
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            found = stripe.Webhook.construct_event(
                body, signature, secret, tolerance=SIGNATURE_TOLERANCE_SECONDS
            ).to_dict()
        except (ValueError, stripe.SignatureVerificationError):
            continue
        return Event(
            id=found["id"],
            kind=found["type"],
            api_version=found.get("api_version") or "",
            is_live=found["livemode"],
            payload=found,
            account=found.get("account") or "",
        )
    raise BadSignature


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> stripe.StripeClient:
    addresses: Any = {"api": base} if base else {}
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses=addresses,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


def is_live() -> bool:
    """Whether our own key moves real money: events of the other mode are none of ours."""
    return str(settings.STRIPE_SECRET_KEY).startswith(("sk_live", "rk_live"))


@contextmanager
def calling() -> Iterator[stripe.StripeClient]:
    """Stripe's client, its errors told in our words; refused inside a transaction."""
    # A test's own frame is no transaction of ours; Django marks it the same way for `durable`.
    if not all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise NetworkInsideTransaction
    try:
        yield _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise PaymentsUnavailable from error
    except (stripe.InvalidRequestError, stripe.PermissionError) as error:
        raise GatewayRefused(error.user_message or str(error), error.code or "") from error
    except stripe.StripeError as error:
        if (error.http_status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise AnswerKept from error
        raise PaymentsUnavailable from error


def _session(found: dict[str, Any]) -> Session:
    intent = _expanded(found, "payment_intent")
    failure = intent.get("last_payment_error") or {}
    charge = _expanded(intent, "latest_charge")
    balance = _expanded(charge, "balance_transaction")
    return Session(
        id=found["id"],
        url=found.get("url") or "",
        status=found["status"],
        is_paid=found["payment_status"] == "paid",
        payment_ref=found.get("client_reference_id") or "",
        amount_cents=found["amount_total"],
        currency=found["currency"],
        intent_id=intent.get("id", ""),
        fee_cents=balance.get("fee", 0),
        failure_code=failure.get("decline_code") or failure.get("code") or "",
        failure_message=failure.get("message") or "",
        card=_card(charge),
        method_id=intent.get("payment_method") or "",
    )


def charge_of(intent: dict[str, Any], payment_ref: str) -> Session:
    """A charge without a page, told as one is."""
    return _session(
        {
            "id": "",
            "status": intent["status"],
            "payment_status": "paid" if intent["status"] == "succeeded" else "unpaid",
            "client_reference_id": payment_ref,
            "amount_total": intent["amount"],
            "currency": intent["currency"],
            "payment_intent": intent,
        }
    )


def _card(charge: dict[str, Any]) -> str:
    """How the payer knows it again; brand and last four digits are all that Stripe tells us."""
    card = (charge.get("payment_method_details") or {}).get("card") or {}
    return f"{card['brand'].title()} ending {card['last4']}" if card else ""


def _expanded(thing: dict[str, Any], field: str) -> dict[str, Any]:
    """The object in a field that was asked to be expanded; a bare id or nothing gives {}."""
    inner = thing.get(field)
    return inner if isinstance(inner, dict) else {}


def _refund(found: dict[str, Any]) -> RefundAnswer:
    return RefundAnswer(
        id=found["id"],
        status=found["status"],
        refund_ref=(found.get("metadata") or {}).get("refund", ""),
        failure_reason=found.get("failure_reason") or "",
    )
