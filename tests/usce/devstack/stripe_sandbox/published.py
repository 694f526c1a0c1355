"""What Stripe has published about its objects and its forms.

As it comes, the cut of October 2025 beside this file (`scripts/cut_stripe.py` makes it); where
STRIPE_SPEC_DIR names the folder of a whole `openapi.json`, that.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

CUT = Path(__file__).with_name("published.json")
FORM = "application/x-www-form-urlencoded"
JSON = {bool: "boolean", int: "integer", str: "string", dict: "object", list: "array"}


@cache
def published() -> dict[str, Any]:
    folder = os.environ.get("STRIPE_SPEC_DIR", "")
    source = Path(folder) / "openapi.json" if folder else CUT
    found: dict[str, Any] = json.loads(source.read_text())
    return found


def faults_of(thing: dict[str, Any], kind: str) -> Iterator[str]:
    """What the thing lacks, has though it is not published, or has of another type or value."""
    schema = published()["components"]["schemas"][kind]
    yield from (f"{kind} lacks {name}" for name in schema.get("required", []) if name not in thing)
    for name, value in thing.items():
        if name not in schema["properties"]:
            yield f"{kind}.{name} is not published"
            continue
        is_a = "null" if value is None else JSON[type(value)]
        allowed = _types_of(schema["properties"][name])
        if is_a not in allowed and not (is_a == "integer" and "number" in allowed):
            yield f"{kind}.{name} is {is_a}, published as {sorted(allowed)}"
        choices = _schema_of(schema["properties"][name]).get("enum")
        if choices and value is not None and value not in choices:
            yield f"{kind}.{name} is {value}"


def parameters_of(path: str) -> frozenset[str]:
    """What may be posted there, as the client writes it, `a[b]`; a position or free name is `*`."""
    content = published()["paths"][path]["post"]["requestBody"]["content"]
    return frozenset(_parameters(content[FORM]["schema"]))


def _schema_of(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = published()["components"]["schemas"][name] if name else schema
    return found


def _types_of(schema: dict[str, Any]) -> set[str]:
    """What a value may be, by its JSON type; "null" where nothing may stand."""
    schema = _schema_of(schema)
    found = {"null"} if schema.get("nullable") else set()
    for choice in schema.get("anyOf", []):
        found |= _types_of(choice)
    return found | {schema["type"]} if "type" in schema else found or {"object"}


def _parameters(schema: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, inner in schema.get("properties", {}).items():
        yield from _parameter(inner, f"{prefix}[{name}]" if prefix else name)


def _parameter(schema: dict[str, Any], name: str) -> Iterator[str]:
    for choice in schema.get("anyOf", [schema]):
        if choice.get("properties"):
            yield from _parameters(choice, name)
        elif "items" in choice:
            yield from _parameter(choice["items"], f"{name}[*]")
        elif choice.get("type") == "object":
            yield f"{name}[*]"
        else:
            yield name
