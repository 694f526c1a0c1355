"""The sandbox held to Stripe's published API description, where that is at hand.

STRIPE_SPEC_DIR names the folder of `openapi.json`; the file is no part of the project.
"""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.usce.devstack.stripe_sandbox.test_sandbox import client_of, session
from usce.devstack.stripe_sandbox import SandboxServer
from usce.devstack.stripe_sandbox.routes import IDENTIFIER, ROUTES

SPEC = Path(os.environ.get("STRIPE_SPEC_DIR", "/nowhere")) / "openapi.json"
pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="STRIPE_SPEC_DIR names no openapi.json")

KINDS = ["customer", "checkout.session", "payment_intent", "charge", "refund", "event",
         "balance_transaction"]  # fmt: skip
# Kept for ourselves and answered to nobody.
OURS = {"payment_intent_data"}
JSON = {bool: "boolean", int: "integer", str: "string", dict: "object", list: "array"}


@cache
def published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SPEC.read_text())
    return found


def schema_of(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = published()["components"]["schemas"][name] if name else schema
    return found


def types_of(schema: dict[str, Any]) -> set[str]:
    """What a value may be, by its JSON type; "null" where nothing may stand."""
    schema = schema_of(schema)
    found = {"null"} if schema.get("nullable") else set()
    for choice in schema.get("anyOf", []):
        found |= types_of(choice)
    return found | {schema["type"]} if "type" in schema else found or {"object"}


def faults_of(thing: dict[str, Any], kind: str) -> Iterator[str]:
    """Where the thing has a field that is not published, or a value of another type."""
    known = published()["components"]["schemas"][kind]["properties"]
    for name, value in thing.items():
        if name in OURS:
            continue
        if name not in known:
            yield f"{kind}.{name} is not published"
            continue
        is_a = "null" if value is None else JSON[type(value)]
        allowed = types_of(known[name])
        if is_a not in allowed and not (is_a == "integer" and "number" in allowed):
            yield f"{kind}.{name} is {is_a}, published as {sorted(allowed)}"
        choices = schema_of(known[name]).get("enum")
        if choices and value is not None and value not in choices:
            yield f"{kind}.{name} is {value}"


@pytest.fixture(scope="module")
def lived() -> Iterator[SandboxServer]:
    """A sandbox in which one payment was made and a part of it refunded."""
    with SandboxServer() as sandbox:
        client = client_of(sandbox.base_url)
        client.v1.customers.create({"name": "Amina", "metadata": {"a": "1"}})
        made = session(client)
        sandbox.control("pay", session=made.id)
        found = client.v1.checkout.sessions.retrieve(made.id)
        client.v1.refunds.create({"payment_intent": str(found.payment_intent), "amount": 100})
        yield sandbox


@pytest.mark.parametrize("kind", KINDS)
def test_answer_is_shaped_as_published(lived: SandboxServer, kind: str) -> None:
    things = lived.store.all(kind)
    assert things
    assert sorted({fault for thing in things for fault in faults_of(thing, kind)}) == []


def parameters(schema: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Each parameter of a form as the client writes it, `a[b]`; a position or free name is `*`."""
    for name, inner in schema.get("properties", {}).items():
        yield from _parameter(inner, f"{prefix}[{name}]" if prefix else name)


def _parameter(schema: dict[str, Any], name: str) -> Iterator[str]:
    choices = schema.get("anyOf", [schema])
    for choice in choices:
        if choice.get("properties"):
            yield from parameters(choice, name)
        elif "items" in choice:
            yield from _parameter(choice["items"], f"{name}[*]")
        elif choice.get("type") == "object":
            yield f"{name}[*]"
        else:
            yield name


def posts() -> list[tuple[str, frozenset[str]]]:
    return [(path, known) for method, path, (known, _call) in ROUTES if method == "POST"]


@pytest.mark.parametrize(("path", "known"), posts(), ids=lambda v: v if isinstance(v, str) else "")
def test_parameters_that_are_taken_are_published(path: str, known: frozenset[str]) -> None:
    wanted = re.escape(f"/v1/{path}").replace(re.escape(IDENTIFIER), r"\{\w+\}")
    operations = [it for place, it in published()["paths"].items() if re.fullmatch(wanted, place)]
    content = operations[0]["post"]["requestBody"]["content"]
    form = content["application/x-www-form-urlencoded"]["schema"]
    assert sorted(known - set(parameters(form))) == []
