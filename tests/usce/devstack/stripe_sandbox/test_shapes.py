"""Every object that the sandbox keeps has the shape that Stripe has published."""

import json
from pathlib import Path
from typing import Any

from tests.usce.devstack.stripe_sandbox.conftest import Platform

SHAPES: dict[str, Any] = json.loads(Path(__file__).with_name("published_shapes.json").read_text())[
    "shapes"
]
# Ours alone, never answered; and a session's lines, which it answers only when they are asked for.
OWN = ("account_link", "connected_transaction")
KEPT = {"payment_intent_data", "line_items"}
JSON_TYPES = {str: "string", int: "integer", dict: "object", list: "array", type(None): "null"}


def faults(kind: str, thing: dict[str, Any]) -> list[str]:
    shape = SHAPES[kind]
    found = [f"{kind} lacks {name}" for name in shape["required"] if name not in thing]
    for name, value in thing.items():
        if name not in shape["properties"]:
            found.append(f"{kind} has no {name}")
            continue
        known = shape["properties"][name]
        said = "boolean" if isinstance(value, bool) else JSON_TYPES[type(value)]
        if said not in known["types"]:
            found.append(f"{kind}.{name} is {said}, not {known['types']}")
        if value is not None and value not in known.get("enum", [value]):
            found.append(f"{kind}.{name} is never {value}")
    return found


def test_all_that_is_kept_has_the_published_shape(platform: Platform) -> None:
    platform.live_a_little()
    store = platform.sandbox.store
    kinds = {row[0] for row in store.db.execute("SELECT DISTINCT kind FROM objects")} - set(OWN)
    met: list[str] = []
    for kind in sorted(kinds):
        for thing in store.all(kind):
            kept = KEPT if kind == "checkout.session" else set()
            met += faults(kind, {k: v for k, v in thing.items() if k not in kept})
    assert sorted(set(met)) == []
    assert kinds == set(SHAPES) - {"balance", "account_link", "dispute_evidence"} - {
        "dispute_evidence_details"
    }


def test_what_is_made_for_the_answer_has_it_too(platform: Platform) -> None:
    account = platform.account()
    link = platform.link(account).to_dict()
    balance = platform.client.v1.balance.retrieve().to_dict()
    dispute = platform.disputed().to_dict()
    assert faults("account_link", link) == faults("balance", balance) == []
    assert faults("dispute_evidence", dispute["evidence"]) == []
    assert faults("dispute_evidence_details", dispute["evidence_details"]) == []
