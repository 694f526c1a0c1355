"""Connected accounts: opened by us, completed by the provider on a hosted page."""

from typing import Any

from usce.devstack.stripe_sandbox.errors import ApiError, invalid, missing
from usce.devstack.stripe_sandbox.events import emit
from usce.devstack.stripe_sandbox.params import required
from usce.devstack.stripe_sandbox.store import Found, Store

KNOWN = frozenset(
    {"type", "country", "email", "metadata[*]", "capabilities[transfers][requested]",
     "business_profile[name]", "business_profile[url]"}
)  # fmt: skip
KNOWN_LINK = frozenset({"account", "refresh_url", "return_url", "type"})
LINK_SECONDS = 5 * 60
DUE = ["business_type", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]


def create(store: Store, params: dict[str, Any], key: str | None) -> Found:
    if params.get("type") not in ("express", "standard", "custom"):
        raise invalid("Invalid type: must be one of custom, express, standard", "type")
    wanted = params.get("capabilities", {}).get("transfers", {}).get("requested")
    made = store.add(
        "account",
        "acct",
        type=params["type"],
        country=params.get("country", "US"),
        default_currency="usd",
        email=params.get("email"),
        business_profile={"name": params.get("business_profile", {}).get("name")},
        capabilities={"transfers": "inactive"} if wanted == "true" else {},
        charges_enabled=False,
        payouts_enabled=False,
        details_submitted=False,
        requirements=_requirements(DUE, "requirements.past_due"),
        metadata=params.get("metadata", {}),
    )
    emit(store, "account.updated", made, key, account=made["id"])
    return made


def find(store: Store, identifier: str) -> Found:
    found = store.get("account", identifier)
    if found is None:
        raise ApiError(
            403,
            f"The provided key does not have access to account '{identifier}' "
            "(or that account does not exist).",
            code="account_invalid",
        )
    return found


def link(store: Store, params: dict[str, Any], _key: str | None) -> Found:
    """The address of the hosted page, good for five minutes."""
    required(params, "account", "refresh_url", "return_url", "type")
    if params["type"] not in ("account_onboarding", "account_update"):
        raise invalid("Invalid type.", "type")
    account = find(store, params["account"])
    made = store.add(
        "account_link",
        "acctlink",
        account=account["id"],
        refresh_url=params["refresh_url"],
        return_url=params["return_url"],
        expires_at=store.now() + LINK_SECONDS,
        is_used=False,
    )
    return {
        "object": "account_link",
        "created": made["created"],
        "expires_at": made["expires_at"],
        "url": f"{store.meta('base_url')}/c/onboard/{made['id']}",
    }


def find_link(store: Store, identifier: str) -> Found:
    found = store.get("account_link", identifier)
    if found is None:
        raise missing("account_link", identifier)
    return found


def complete(store: Store, identifier: str) -> Found:
    """All that was asked for has been given: money can be sent there."""
    return _change(
        store,
        identifier,
        details_submitted=True,
        payouts_enabled=True,
        capabilities={"transfers": "active"},
        requirements=_requirements([], None),
    )


def close(store: Store, identifier: str) -> Found:
    """Stripe closes the account, or the provider does; nothing can be sent there any more."""
    return _change(
        store,
        identifier,
        payouts_enabled=False,
        capabilities={"transfers": "inactive"},
        requirements=_requirements([], "rejected.other"),
    )


def balance_of(store: Store, identifier: str) -> int:
    rows = store.all("connected_transaction")
    return sum(row["net"] for row in rows if row["account"] == identifier)


def move(store: Store, identifier: str, amount: int, source: str) -> Found:
    """A movement on the connected account's own balance, which is none of ours."""
    return store.add("connected_transaction", "txn", account=identifier, net=amount, source=source)


def _change(store: Store, identifier: str, **fields: Any) -> Found:
    account = find(store, identifier) | fields
    store.save(account)
    emit(store, "account.updated", account, account=identifier)
    return account


def _requirements(due: list[str], reason: str | None) -> Found:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": reason,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }
