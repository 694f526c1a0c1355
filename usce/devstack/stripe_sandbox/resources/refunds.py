from typing import Any

from usce.devstack.stripe_sandbox.errors import ApiError, invalid, missing
from usce.devstack.stripe_sandbox.events import emit
from usce.devstack.stripe_sandbox.params import whole
from usce.devstack.stripe_sandbox.resources import disputes, intents
from usce.devstack.stripe_sandbox.resources.money import book
from usce.devstack.stripe_sandbox.store import Found, Store

KNOWN = frozenset(
    {"payment_intent", "charge", "amount", "reason", "metadata[*]", "instructions_email"}
)


def create(store: Store, params: dict[str, Any], key: str | None) -> Found:
    charge = _charge(store, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = whole(params.get("amount", left), "amount")
    if charge["disputed"] and disputes.is_open_on(store, charge["id"]):
        raise ApiError(
            400, f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )  # fmt: skip
    if left <= 0:
        raise ApiError(
            400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if not 0 < amount <= left:
        raise invalid(
            f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge "
            f"(${left / 100:.2f})",
            "amount",
        )
    # Stripe leaves the field out where nobody is to be asked.
    details = {name: params[name] for name in ("instructions_email",) if params.get(name)}
    refund = store.add(
        "refund",
        "re",
        amount=amount,
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        currency=charge["currency"],
        reason=params.get("reason"),
        status="requires_action" if details else "succeeded",
        metadata=params.get("metadata", {}),
        **details,
    )
    if refund["status"] == "succeeded":
        _book(store, refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    store.save(charge)
    emit(store, "refund.created", refund, key)
    emit(store, "charge.refunded", charge, key)
    return refund


def give_details(store: Store, identifier: str) -> Found:
    """The payer answered the mail that asks where the money shall go."""
    refund = find(store, identifier)
    if refund["status"] != "requires_action":
        raise invalid("This refund asks for no details.", "refund")
    refund["status"] = "succeeded"
    _book(store, refund)
    emit(store, "refund.updated", refund)
    return refund


def find(store: Store, identifier: str) -> Found:
    found = store.get("refund", identifier)
    if found is None:
        raise missing("refund", identifier)
    return found


def fail(store: Store, identifier: str) -> Found:
    """The bank sends the money back, days after the refund seemed done."""
    refund = find(store, identifier)
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    entry = book(store, refund, kind="refund_failure", amount=refund["amount"], fee=0)
    refund["failure_balance_transaction"] = entry["id"]
    store.save(refund)
    charge = _charge(store, refund)
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    store.save(charge)
    emit(store, "refund.failed", refund)
    return refund


def _book(store: Store, refund: Found) -> None:
    entry = book(store, refund, kind="refund", amount=-refund["amount"], fee=0)
    refund["balance_transaction"] = entry["id"]
    store.save(refund)


def _charge(store: Store, params: dict[str, Any]) -> Found:
    identifier = params.get("charge")
    if params.get("payment_intent"):
        identifier = intents.find(store, params["payment_intent"])["latest_charge"]
    charge = store.get("charge", identifier or "")
    if charge is None:
        raise missing("charge", str(identifier))
    return charge
