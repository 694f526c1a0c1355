"""Saved cards: made by a page that was told to keep one, charged later without the person."""

from typing import Any

from usce.devstack.stripe_sandbox.errors import ApiError, missing
from usce.devstack.stripe_sandbox.events import emit
from usce.devstack.stripe_sandbox.store import Found, Store


def keep(store: Store, number: str, customer: str | None) -> Found:
    """The card as a payment method; of a customer where it shall be charged again."""
    made = store.add(
        "payment_method",
        "pm",
        type="card",
        card={"brand": "visa", "last4": number[-4:]},
        customer=customer,
        billing_details={"address": None, "email": None, "name": None, "phone": None},
        metadata={},
    )
    store.set_meta(f"card:{made['id']}", number)
    if customer:
        emit(store, "payment_method.attached", made)
    return made


def find(store: Store, identifier: str) -> Found:
    found = store.get("payment_method", identifier)
    if found is None:
        raise missing("PaymentMethod", identifier)
    return found


def number_of(store: Store, identifier: str) -> str:
    """Which test card it is by now."""
    return store.meta(f"card:{identifier}")


def turn(store: Store, identifier: str, number: str) -> Found:
    """What the card does from now on: it ran out of money, or its bank asks for the person."""
    found = find(store, identifier)
    store.set_meta(f"card:{identifier}", number)
    return found


def detach(store: Store, identifier: str, _params: dict[str, Any], key: str | None) -> Found:
    found = find(store, identifier)
    if not found["customer"]:
        raise ApiError(
            400,
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible.",
        )
    found["customer"] = None
    store.save(found)
    emit(store, "payment_method.detached", found, key)
    return found
