"""Checkout sessions: a hosted page that is open, complete or expired."""

from dataclasses import replace
from typing import Any

from usce.devstack.stripe_sandbox.errors import ApiError, invalid, missing
from usce.devstack.stripe_sandbox.events import emit
from usce.devstack.stripe_sandbox.params import as_list, required, whole
from usce.devstack.stripe_sandbox.resources import customers, intents, methods
from usce.devstack.stripe_sandbox.resources.intents import CARDS
from usce.devstack.stripe_sandbox.store import Found, Store

_ITEM = "line_items[*]"
_PRICE = f"{_ITEM}[price_data]"
KNOWN = frozenset(
    {
        *("mode", "customer", "customer_email", "client_reference_id", "metadata[*]"),
        *("success_url", "cancel_url", "expires_at", f"{_ITEM}[quantity]"),
        *(f"{_PRICE}[currency]", f"{_PRICE}[unit_amount]"),
        *(f"{_PRICE}[product_data][name]", f"{_PRICE}[product_data][description]"),
        *("payment_intent_data[metadata][*]", "payment_intent_data[description]"),
        "payment_intent_data[transfer_group]",
        "payment_intent_data[setup_future_usage]",
    }
)
SHORTEST_SECONDS, LONGEST_SECONDS = 30 * 60, 24 * 3600


def create(store: Store, params: dict[str, Any], _key: str | None) -> Found:
    required(params, "mode", "success_url", "line_items")
    if params["mode"] != "payment":
        raise invalid("Invalid mode: must be one of payment", "mode")
    if params.get("customer"):
        customers.find(store, params["customer"])
    items = [_item(item, n) for n, item in enumerate(as_list(params["line_items"]))]
    total = sum(item["amount_total"] for item in items)
    details = params.get("payment_intent_data", {})
    if details.get("setup_future_usage") and not params.get("customer"):
        raise invalid("A card is kept for a customer.", "customer")
    session = store.add(
        "checkout.session",
        "cs_test",
        mode="payment",
        status="open",
        payment_status="unpaid",
        amount_subtotal=total,
        amount_total=total,
        currency=items[0]["currency"],
        customer=params.get("customer"),
        customer_email=params.get("customer_email"),
        client_reference_id=params.get("client_reference_id"),
        metadata=params.get("metadata", {}),
        success_url=params["success_url"],
        cancel_url=params.get("cancel_url"),
        expires_at=_expiry(store, params),
        payment_intent=None,
        payment_method_types=["card"],
        automatic_tax={"enabled": False, "liability": None, "status": None},
        custom_fields=[],
        custom_text={"after_submit": None, "submit": None},
        shipping_options=[],
        line_items={"object": "list", "data": items, "has_more": False, "url": "/v1/line_items"},
        payment_intent_data=details,
    )
    session["url"] = f"{store.meta('base_url')}/c/pay/{session['id']}"
    store.save(session)
    return shown(session)


def find(store: Store, identifier: str) -> Found:
    """The session, closed first if its time has passed on the sandbox's clock."""
    found = store.get("checkout.session", identifier)
    if found is None:
        raise missing("checkout.session", identifier)
    if found["status"] == "open" and found["expires_at"] <= store.now():
        _close(store, found, None)
    return found


def expire(store: Store, identifier: str, _params: dict[str, Any], key: str | None) -> Found:
    found = find(store, identifier)
    if found["status"] != "open":
        raise ApiError(
            400, f"Only Checkout Sessions with a status of open can be expired; this is "
            f"{found['status']}.",
        )  # fmt: skip
    _close(store, found, key)
    return shown(found)


def expire_due(store: Store) -> None:
    for session in store.all("checkout.session"):
        if session["status"] == "open" and session["expires_at"] <= store.now():
            with store.changing():
                find(store, session["id"])


def pay(store: Store, identifier: str, number: str, *, authenticated: bool | None) -> Found:
    """Pay the page with a card: ApiError for a decline; `authenticated` answers 3-D Secure."""
    session = find(store, identifier)
    if session["status"] != "open":
        raise ApiError(400, f"This Checkout Session is {session['status']}.")
    card = CARDS.get(number.replace(" ", ""))
    if card is None:
        raise invalid("Your card number is invalid.", "number", "invalid_number")
    intent = _intent_of(store, session)
    if authenticated is False:
        card = replace(
            card,
            decline_code="authentication_required",
            message="We could not authenticate your payment. Please try again.",
            needs_authentication=False,
        )
    declined = intents.attempt(store, intent, card, None, authenticated=bool(authenticated))
    if declined:
        raise declined
    if intents.find(store, intent["id"])["status"] == "succeeded":
        _keep_card(store, session, number.replace(" ", ""))
        session |= {"status": "complete", "payment_status": "paid", "url": None}
        store.save(session)
        emit(store, "checkout.session.completed", shown(session))
    return session


def _keep_card(store: Store, session: Found, number: str) -> None:
    intent = intents.find(store, session["payment_intent"])
    again = intent["setup_future_usage"] == "off_session"
    kept = methods.keep(store, number, session["customer"] if again else None)
    store.save(intent | {"payment_method": kept["id"]})


def shown(session: Found) -> Found:
    """As the API answers: what we keep for ourselves stays out."""
    return {k: v for k, v in session.items() if k not in ("payment_intent_data", "line_items")}


def _intent_of(store: Store, session: Found) -> Found:
    if session["payment_intent"]:
        return intents.find(store, session["payment_intent"])
    details = session["payment_intent_data"]
    intent = intents.make(
        store,
        amount=session["amount_total"],
        currency=session["currency"],
        key=None,
        customer=session["customer"],
        metadata=details.get("metadata", {}),
        description=details.get("description"),
        transfer_group=details.get("transfer_group"),
        setup_future_usage=details.get("setup_future_usage"),
    )
    session["payment_intent"] = intent["id"]
    store.save(session)
    return intent


def _close(store: Store, session: Found, key: str | None) -> None:
    session |= {"status": "expired", "url": None}
    store.save(session)
    emit(store, "checkout.session.expired", shown(session), key)


def _item(item: dict[str, Any], number: int) -> Found:
    price = item.get("price_data", {})
    name = f"line_items[{number}][price_data]"
    required(price, "currency", "unit_amount", "product_data")
    amount = whole(price["unit_amount"], f"{name}[unit_amount]")
    quantity = whole(item.get("quantity", "1"), f"line_items[{number}][quantity]")
    if amount < 0 or quantity < 1:
        raise invalid("Invalid amount or quantity.", name)
    return {
        "object": "item",
        "description": price["product_data"]["name"],
        "amount_total": amount * quantity,
        "quantity": quantity,
        "currency": price["currency"],
    }


def _expiry(store: Store, params: dict[str, Any]) -> int:
    now = store.now()
    wanted = whole(params.get("expires_at", now + LONGEST_SECONDS), "expires_at")
    if not now + SHORTEST_SECONDS - 5 <= wanted <= now + LONGEST_SECONDS:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            "expires_at",
        )
    return wanted
