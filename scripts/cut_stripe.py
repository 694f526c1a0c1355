"""Cut Stripe's API description down to what the sandbox makes and takes: names, types, values.

python scripts/cut_stripe.py <openapi.json of github.com/stripe/openapi> <file to write>
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from usce.devstack.stripe_sandbox.routes import IDENTIFIER, ROUTES

KINDS = (
    *("account", "account_link", "balance", "balance_transaction", "charge", "checkout.session"),
    *("customer", "dispute", "dispute_evidence", "dispute_evidence_details", "event"),
    *("payment_intent", "payment_method", "payout", "refund", "transfer", "transfer_reversal"),
)
FORM = "application/x-www-form-urlencoded"
KEPT = ("type", "nullable", "enum", "required")
ABOUT = (
    "Cut from Stripe's published OpenAPI description, github.com/stripe/openapi: "
    "MIT licence, see LICENSE.stripe beside this file."
)


def main(source: Path, target: Path) -> None:
    whole = json.loads(source.read_text())
    schemas = whole["components"]["schemas"]
    cut = {
        "about": ABOUT,
        "version": whole["info"]["version"],
        "components": {"schemas": {kind: _object(schemas, schemas[kind]) for kind in KINDS}},
        "paths": {path: _posting(whole["paths"][path]) for path in sorted(_taken(whole["paths"]))},
    }
    target.write_text(json.dumps(cut, indent=0, separators=(",", ":"), sort_keys=True) + "\n")


def _taken(paths: dict[str, Any]) -> set[str]:
    """The published path of each thing that can be posted to the sandbox."""
    wanted = [
        re.escape(f"/v1/{path}").replace(re.escape(IDENTIFIER), r"\{\w+\}")
        for method, path, _route in ROUTES
        if method == "POST"
    ]
    return {path for path in paths for shape in wanted if re.fullmatch(shape, path)}


def _posting(operations: dict[str, Any]) -> dict[str, Any]:
    form = operations["post"]["requestBody"]["content"][FORM]["schema"]
    return {"post": {"requestBody": {"content": {FORM: {"schema": _form(form)}}}}}


def _object(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """An object whose fields say what they may hold, references followed one step."""
    fields = schema.get("properties", {})
    return _kept(schema) | {"properties": {n: _value(schemas, s) for n, s in fields.items()}}


def _value(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found = _kept(schemas[name] if name else schema)
    found.pop("required", None)
    choices = schema.get("anyOf", [])
    return found | ({"anyOf": [_value(schemas, one) for one in choices]} if choices else {})


def _form(schema: dict[str, Any]) -> dict[str, Any]:
    found = {"type": schema["type"]} if "type" in schema else {}
    if fields := schema.get("properties"):
        found["properties"] = {name: _form(inner) for name, inner in fields.items()}
    if "items" in schema:
        found["items"] = _form(schema["items"])
    if choices := schema.get("anyOf"):
        found["anyOf"] = [_form(choice) for choice in choices]
    return found


def _kept(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: schema[name] for name in KEPT if name in schema}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
