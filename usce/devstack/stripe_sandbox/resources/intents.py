"""Payment intents and the charges they make, with Stripe's test cards."""

from dataclasses import dataclass, replace
from typing import Any

from usce.devstack.stripe_sandbox.errors import ApiError, invalid, missing
from usce.devstack.stripe_sandbox.events import emit
from usce.devstack.stripe_sandbox.params import required, whole
from usce.devstack.stripe_sandbox.resources import disputes, methods
from usce.devstack.stripe_sandbox.resources.money import book, fee_of
from usce.devstack.stripe_sandbox.store import Found, Store

KNOWN_CREATE = frozenset(
    {"amount", "currency", "customer", "description", "payment_method", "confirm", "metadata[*]",
     "transfer_group", "receipt_email", "payment_method_types[*]", "off_session",
     "setup_future_usage"}
)  # fmt: skip
KNOWN_CONFIRM = frozenset({"payment_method", "return_url"})
KNOWN_CANCEL = frozenset({"cancellation_reason"})
ASKS = "authentication_required"
FINAL = ("succeeded", "canceled")
FIELDS = ("customer", "description", "transfer_group", "setup_future_usage")


@dataclass(frozen=True)
class Card:
    """What a test card does; a decline carries Stripe's codes and sentence.

    One that was set up for it is charged without the person, unless its bank `always_asks`.
    """

    last4: str
    decline_code: str = ""
    message: str = ""
    needs_authentication: bool = False
    always_asks: bool = False
    is_disputed: bool = False


CARDS = {
    "4242424242424242": Card("4242"),
    "4000000000000002": Card("0002", "generic_decline", "Your card was declined."),
    "4000000000009995": Card("9995", "insufficient_funds", "Your card has insufficient funds."),
    "4000002500003155": Card("3155", needs_authentication=True),
    "4000002760003184": Card("3184", needs_authentication=True, always_asks=True),
    "4000000000000259": Card("0259", is_disputed=True),
}
METHODS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_threeDSecure2Required": "4000002500003155",
    "pm_card_createDispute": "4000000000000259",
}


NOTHING: Found = {
    "customer": None,
    "description": None,
    "metadata": {},
    "setup_future_usage": None,
    "transfer_group": None,
}


def make(store: Store, *, amount: int, currency: str, key: str | None, **fields: Any) -> Found:
    made = store.add(
        "payment_intent",
        "pi",
        amount=amount,
        amount_received=0,
        currency=currency,
        status="requires_payment_method",
        latest_charge=None,
        last_payment_error=None,
        next_action=None,
        capture_method="automatic_async",
        confirmation_method="automatic",
        payment_method=None,
        payment_method_types=["card"],
        **NOTHING | fields,
    )
    emit(store, "payment_intent.created", made, key)
    return made


def create(store: Store, params: dict[str, Any], key: str | None) -> Found:
    required(params, "amount", "currency")
    known = {k: params[k] for k in FIELDS if k in params}
    made = make(
        store,
        amount=whole(params["amount"], "amount"),
        currency=params["currency"],
        key=key,
        metadata=params.get("metadata", {}),
        **known,
    )
    if params.get("confirm") == "true":
        return confirm(store, made["id"], params, key)
    return made


def find(store: Store, identifier: str) -> Found:
    found = store.get("payment_intent", identifier)
    if found is None:
        raise missing("payment_intent", identifier)
    return found


def confirm(store: Store, identifier: str, params: dict[str, Any], key: str | None) -> Found:
    intent = find(store, identifier)
    method = params.get("payment_method") or ""
    card = CARDS[METHODS[method]] if method in METHODS else _saved(store, intent, method)
    intent["payment_method"] = method
    is_alone = params.get("off_session") == "true"
    declined = attempt(
        store, intent, _without_person(card) if is_alone else card, key, authenticated=False
    )
    if declined:
        raise declined
    return find(store, identifier)


def _saved(store: Store, intent: Found, method: str) -> Card:
    """A customer's own card; another's, or one that was detached, is charged for nobody."""
    kept = store.get("payment_method", method)
    if kept is None:
        raise invalid(f"No such PaymentMethod: '{method}'", "payment_method", "resource_missing")
    if not kept["customer"] or kept["customer"] != intent["customer"]:
        raise invalid(
            "The payment method does not belong to the customer you supplied.", "payment_method"
        )
    return CARDS[methods.number_of(store, method)]


def _without_person(card: Card) -> Card:
    if card.always_asks:
        asks = "Your card was declined. This transaction requires authentication."
        return replace(
            card,
            decline_code=ASKS,
            message=asks,
            needs_authentication=False,
        )
    return replace(card, needs_authentication=False)


def cancel(store: Store, identifier: str, _params: dict[str, Any], key: str | None) -> Found:
    intent = find(store, identifier)
    if intent["status"] in FINAL:
        raise unexpected_state(intent, "cancel")
    intent["status"] = "canceled"
    intent["canceled_at"] = store.now()
    store.save(intent)
    emit(store, "payment_intent.canceled", intent, key)
    return intent


def attempt(
    store: Store, intent: Found, card: Card, key: str | None, *, authenticated: bool
) -> ApiError | None:
    """Charge the card: succeeds, waits for authentication, or gives back the decline."""
    if intent["status"] in FINAL:
        raise unexpected_state(intent, "confirm")
    if card.needs_authentication and not authenticated:
        intent["status"] = "requires_action"
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
        store.save(intent)
        emit(store, "payment_intent.requires_action", intent, key)
        return None
    if card.decline_code:
        return _decline(store, intent, card, key)
    charge = _charge(store, intent, card, paid=True)
    charge["balance_transaction"] = book(
        store, charge, kind="charge", amount=intent["amount"], fee=fee_of(intent["amount"])
    )["id"]
    store.save(charge)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "next_action": None,
        "last_payment_error": None,
    }
    store.save(intent)
    emit(store, "charge.succeeded", charge, key)
    emit(store, "payment_intent.succeeded", intent, key)
    if card.is_disputed:
        disputes.open_on(store, charge["id"])
    return None


def unexpected_state(intent: Found, verb: str) -> ApiError:
    return ApiError(
        400,
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )


def _decline(store: Store, intent: Found, card: Card, key: str | None) -> ApiError:
    charge = _charge(store, intent, card, paid=False)
    code = "card_declined" if card.decline_code != ASKS else ASKS
    error = {
        "code": code,
        "decline_code": card.decline_code,
        "message": card.message,
        "type": "card_error",
        "charge": charge["id"],
    }
    intent |= {
        "status": "requires_payment_method",
        "latest_charge": charge["id"],
        "last_payment_error": error,
        "next_action": None,
    }
    store.save(intent)
    emit(store, "charge.failed", charge, key)
    emit(store, "payment_intent.payment_failed", intent, key)
    details = {"code": code, "decline_code": card.decline_code, "charge": charge["id"]}
    return ApiError(402, card.message, "card_error", payment_intent=intent, **details)


def _charge(store: Store, intent: Found, card: Card, *, paid: bool) -> Found:
    return store.add(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=intent["amount"] if paid else 0,
        amount_refunded=0,
        balance_transaction=None,
        captured=paid,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_code=None if paid else "card_declined",
        failure_message=None if paid else card.message,
        metadata=intent["metadata"],
        paid=paid,
        payment_intent=intent["id"],
        payment_method_details={"type": "card", "card": {"brand": "visa", "last4": card.last4}},
        refunded=False,
        status="succeeded" if paid else "failed",
        transfer_group=intent["transfer_group"],
        billing_details={"address": None, "email": None, "name": None, "phone": None},
    )
