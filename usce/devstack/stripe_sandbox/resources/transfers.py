"""Money from our balance to a connected account, and back; payouts to a bank."""

from typing import Any

from usce.devstack.stripe_sandbox.errors import ApiError, invalid, missing
from usce.devstack.stripe_sandbox.events import emit
from usce.devstack.stripe_sandbox.params import required, whole
from usce.devstack.stripe_sandbox.resources import accounts, money
from usce.devstack.stripe_sandbox.store import Found, Store

KNOWN = frozenset(
    {"amount", "currency", "destination", "description", "source_transaction", "transfer_group",
     "metadata[*]"}
)  # fmt: skip
KNOWN_REVERSAL = frozenset({"amount", "description", "metadata[*]"})


def create(store: Store, params: dict[str, Any], key: str | None) -> Found:
    required(params, "amount", "currency", "destination")
    amount = whole(params["amount"], "amount")
    account = accounts.find(store, params["destination"])
    if account["capabilities"].get("transfers") != "active":
        raise ApiError(
            400,
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    if amount <= 0:
        raise invalid("This value must be greater than or equal to 1.", "amount")
    source = params.get("source_transaction")
    if source:
        _check_source(store, source, amount)
    elif amount > money.total(store):
        raise ApiError(400, "You have insufficient available funds in your Stripe account.",
                       code="balance_insufficient")  # fmt: skip
    made = store.add(
        "transfer",
        "tr",
        amount=amount,
        amount_reversed=0,
        reversed=False,
        currency=params["currency"],
        description=params.get("description"),
        destination=account["id"],
        destination_payment=None,
        source_transaction=source,
        source_type="card",
        transfer_group=params.get("transfer_group"),
        metadata=params.get("metadata", {}),
        reversals={"object": "list", "data": [], "has_more": False, "url": "/v1/transfers"},
    )
    entry = money.book(store, made, kind="transfer", amount=-amount, fee=0)
    paid = accounts.move(store, account["id"], amount, made["id"])
    made |= {"balance_transaction": entry["id"], "destination_payment": f"py_{paid['id'][4:]}"}
    store.save(made)
    emit(store, "transfer.created", made, key)
    return made


def find(store: Store, identifier: str) -> Found:
    found = store.get("transfer", identifier)
    if found is None:
        raise missing("transfer", identifier)
    return found


def reverse(store: Store, identifier: str, params: dict[str, Any], key: str | None) -> Found:
    """Take back from the connected account what it still holds; never more."""
    transfer = find(store, identifier)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = whole(params.get("amount", left), "amount")
    if not 0 < amount <= left:
        raise invalid(f"Reversal amount must be between 1 and {left}.", "amount")
    if amount > accounts.balance_of(store, transfer["destination"]):
        raise ApiError(
            400,
            "Insufficient funds in the destination account to reverse this transfer.",
            code="balance_insufficient",
        )
    made = store.add(
        "transfer_reversal",
        "trr",
        amount=amount,
        currency=transfer["currency"],
        transfer=transfer["id"],
        destination_payment_refund=None,
        source_refund=None,
        metadata=params.get("metadata", {}),
    )
    entry = money.book(store, made, kind="transfer_refund", amount=amount, fee=0)
    accounts.move(store, transfer["destination"], -amount, made["id"])
    made["balance_transaction"] = entry["id"]
    store.save(made)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, made)
    store.save(transfer)
    emit(store, "transfer.reversed", transfer, key)
    return made


def pay_out(store: Store, amount: int, *, account: str = "") -> Found:
    """Stripe pays a balance out to a bank: the connected account's, or without one, ours."""
    made = store.add(
        "payout",
        "po",
        amount=amount,
        arrival_date=store.now(),
        automatic=True,
        balance_transaction=None,
        currency="usd",
        description="STRIPE PAYOUT",
        destination="ba_test",
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        metadata={},
        method="standard",
        original_payout=None,
        reconciliation_status="not_applicable",
        reversed_by=None,
        source_type="card",
        statement_descriptor=None,
        status="paid",
        type="bank_account",
    )
    if account:
        entry = accounts.move(store, account, -amount, made["id"])
    else:
        entry = money.book(store, made, kind="payout", amount=-amount, fee=0)
    made["balance_transaction"] = entry["id"]
    store.save(made)
    for kind in ("payout.created", "payout.paid"):
        emit(store, kind, made, account=account)
    return made


def _check_source(store: Store, source: str, amount: int) -> None:
    charge = store.get("charge", source)
    if charge is None:
        raise missing("charge", source)
    sent = sum(
        row["amount"] - row["amount_reversed"]
        for row in store.all("transfer")
        if row["source_transaction"] == source
    )
    if not charge["paid"] or sent + amount > charge["amount"]:
        raise ApiError(
            400,
            f"The transfers from the source {source} cannot exceed its amount.",
            code="transfer_source_balance_parameters_mismatch",
            param="source_transaction",
        )
