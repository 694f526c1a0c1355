"""Which call is which: method and path to the function and the parameters that it knows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from usce.devstack.stripe_sandbox.errors import ApiError, missing
from usce.devstack.stripe_sandbox.params import as_list, check_known, nested
from usce.devstack.stripe_sandbox.resources import (
    accounts,
    customers,
    disputes,
    intents,
    methods,
    money,
    refunds,
    sessions,
    transfers,
)
from usce.devstack.stripe_sandbox.store import Found, Store

Pairs = list[tuple[str, str]]
NOTHING: frozenset[str] = frozenset()
LISTED = frozenset({"limit", "starting_after", "ending_before"})
IDENTIFIER = "([A-Za-z0-9_]+)"
LONGEST_PAGE = 100

# What an expanded field holds, by the kind of thing it stands on.
EXPANDABLE = {
    "payment_intent": "payment_intent",
    "latest_charge": "charge",
    "charge": "charge",
    "balance_transaction": "balance_transaction",
    "customer": "customer",
    "failure_balance_transaction": "balance_transaction",
    "dispute": "dispute",
    "transfer": "transfer",
}
# Where a field may hold one of several things.
EITHER = {"source": ("charge", "refund", "transfer", "transfer_reversal", "dispute", "payout")}


@dataclass(frozen=True)
class Request:
    store: Store
    pairs: Pairs
    identifier: str
    key: str | None

    @property
    def params(self) -> dict[str, Any]:
        return nested(self.pairs)


Call = Callable[[Request], Found]


def _creating(known: frozenset[str], create: Callable[..., Found]) -> tuple[frozenset[str], Call]:
    return known, lambda r: create(r.store, r.params, r.key)


def _acting(known: frozenset[str], act: Callable[..., Found]) -> tuple[frozenset[str], Call]:
    return known, lambda r: act(r.store, r.identifier, r.params, r.key)


def _finding(find: Callable[[Store, str], Found]) -> tuple[frozenset[str], Call]:
    return NOTHING, lambda r: find(r.store, r.identifier)


def _stored(kind: str) -> tuple[frozenset[str], Call]:
    def find(request: Request) -> Found:
        found = request.store.get(kind, request.identifier)
        if found is None:
            raise missing(kind, request.identifier)
        return found

    return NOTHING, find


def _listing(kind: str, *filters: str) -> tuple[frozenset[str], Call]:
    def page(request: Request) -> Found:
        wanted = {name: request.params[name] for name in filters if name in request.params}
        rows = [
            row
            for row in request.store.all(kind)
            if all(row.get(name) == value for name, value in wanted.items())
        ]
        limit = min(int(request.params.get("limit", 10)), LONGEST_PAGE)
        after, before = (request.params.get(n) for n in ("starting_after", "ending_before"))
        if after:
            rows = rows[_place(rows, kind, after) + 1 :]
        if before:
            rows = rows[: _place(rows, kind, before)]
        return {
            "object": "list",
            "data": rows[-limit:] if before else rows[:limit],
            "has_more": len(rows) > limit,
            "url": f"/v1/{kind}s",
        }

    return LISTED | set(filters), page


def _place(rows: list[Found], kind: str, identifier: str) -> int:
    places = [n for n, row in enumerate(rows) if row["id"] == identifier]
    if not places:
        raise missing(kind, identifier)
    return places[0]


def _reversals() -> tuple[frozenset[str], Call]:
    def page(request: Request) -> Found:
        return transfers.find(request.store, request.identifier)["reversals"]  # type: ignore[no-any-return]

    return LISTED, page


ROUTES: list[tuple[str, str, tuple[frozenset[str], Call]]] = [
    ("POST", "customers", _creating(customers.KNOWN, customers.create)),
    ("GET", f"customers/{IDENTIFIER}", _finding(customers.find)),
    ("POST", f"customers/{IDENTIFIER}", _acting(customers.KNOWN, customers.update)),
    ("POST", "checkout/sessions", _creating(sessions.KNOWN, sessions.create)),
    (
        "GET",
        f"checkout/sessions/{IDENTIFIER}",
        (NOTHING, lambda r: sessions.shown(sessions.find(r.store, r.identifier))),
    ),
    ("POST", f"checkout/sessions/{IDENTIFIER}/expire", _acting(NOTHING, sessions.expire)),
    ("POST", "payment_intents", _creating(intents.KNOWN_CREATE, intents.create)),
    ("GET", f"payment_intents/{IDENTIFIER}", _finding(intents.find)),
    (
        "POST",
        f"payment_intents/{IDENTIFIER}/confirm",
        _acting(intents.KNOWN_CONFIRM, intents.confirm),
    ),
    ("POST", f"payment_intents/{IDENTIFIER}/cancel", _acting(intents.KNOWN_CANCEL, intents.cancel)),
    ("GET", "payment_intents", _listing("payment_intent", "customer")),
    ("GET", f"payment_methods/{IDENTIFIER}", _finding(methods.find)),
    ("POST", f"payment_methods/{IDENTIFIER}/detach", _acting(NOTHING, methods.detach)),
    ("GET", f"charges/{IDENTIFIER}", _stored("charge")),
    ("POST", "refunds", _creating(refunds.KNOWN, refunds.create)),
    ("GET", "refunds", _listing("refund", "payment_intent", "charge")),
    ("GET", f"refunds/{IDENTIFIER}", _finding(refunds.find)),
    ("POST", "accounts", _creating(accounts.KNOWN, accounts.create)),
    ("GET", f"accounts/{IDENTIFIER}", _finding(accounts.find)),
    ("POST", "account_links", _creating(accounts.KNOWN_LINK, accounts.link)),
    ("POST", "transfers", _creating(transfers.KNOWN, transfers.create)),
    ("GET", "transfers", _listing("transfer", "transfer_group", "destination")),
    ("GET", f"transfers/{IDENTIFIER}", _finding(transfers.find)),
    (
        "POST",
        f"transfers/{IDENTIFIER}/reversals",
        _acting(transfers.KNOWN_REVERSAL, transfers.reverse),
    ),
    ("GET", f"transfers/{IDENTIFIER}/reversals", _reversals()),
    ("GET", "payouts", _listing("payout", "status")),
    ("GET", f"payouts/{IDENTIFIER}", _stored("payout")),
    ("GET", "disputes", _listing("dispute", "payment_intent", "charge")),
    ("GET", f"disputes/{IDENTIFIER}", _finding(disputes.find)),
    ("POST", f"disputes/{IDENTIFIER}", _acting(disputes.KNOWN, disputes.update)),
    ("GET", "balance", (NOTHING, lambda r: money.balance(r.store))),
    ("GET", "balance_transactions", _listing("balance_transaction", "type", "source")),
    ("GET", f"balance_transactions/{IDENTIFIER}", _stored("balance_transaction")),
    ("GET", "events", _listing("event", "type")),
    ("GET", f"events/{IDENTIFIER}", _stored("event")),
]  # fmt: skip
COMPILED = [(method, re.compile(f"^/v1/{path}$"), route) for method, path, route in ROUTES]


def answer(store: Store, method: str, path: str, pairs: Pairs, key: str | None) -> Found:
    """Call what the path names; ApiError for an unknown path, parameter or object."""
    for wanted, pattern, (known, call) in COMPILED:
        match = pattern.match(path)
        if match and wanted == method:
            own = [pair for pair in pairs if not pair[0].startswith("expand[")]
            check_known(own, known)
            expand = as_list(nested(pairs).get("expand"))
            identifier = match.group(1) if match.groups() else ""
            found = call(Request(store, own, identifier, key))
            for field in expand:
                found = _expanded(store, found, str(field).split("."))
            return found
    raise ApiError(404, f"Unrecognized request URL ({method}: {path}).", code="url_invalid")


def _expanded(store: Store, found: Found, fields: list[str]) -> Found:
    field, further = fields[0], fields[1:]
    if field == "data" and found.get("object") == "list":
        return {**found, "data": [_expanded(store, row, further) for row in found["data"]]}
    if field not in found or field not in {*EITHER, *EXPANDABLE}:
        raise ApiError(
            400, f"This property cannot be expanded ({field}).", param="expand", code="invalid"
        )
    inner = _thing(store, field, found[field])
    if further and isinstance(inner, dict):
        inner = _expanded(store, inner, further)
    return {**found, field: inner}


def _thing(store: Store, field: str, value: Any) -> Any:
    """What the id in the field stands for; itself where it is none, or is expanded already."""
    if not isinstance(value, str):
        return value
    if field in EITHER:
        things = (store.get(kind, value) for kind in EITHER[field])
        return next((thing for thing in things if thing), value)
    return store.get(EXPANDABLE[field], value)
