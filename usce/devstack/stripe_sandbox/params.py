"""Form-encoded nested parameters, `a[b][0][c]=d`, and the strict list of those we know."""

import re
from typing import Any
from urllib.parse import parse_qsl

from usce.devstack.stripe_sandbox.errors import ApiError, invalid

PART = re.compile(r"[^\[\]]+")


def parse(body: str) -> list[tuple[str, str]]:
    return parse_qsl(body, keep_blank_values=True, strict_parsing=False)


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Nested dictionaries; a list is a dictionary with its positions as keys until `as_list`."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        parts = PART.findall(name)
        if name.endswith("[]"):
            tree.setdefault(parts[0], {})[str(len(tree.get(parts[0], {})))] = value
            continue
        here = tree
        for part in parts[:-1]:
            here = here.setdefault(part, {})
        here[parts[-1]] = value
    return tree


def as_list(value: Any) -> list[Any]:
    if not isinstance(value, dict):
        return [] if value is None else [value]
    return [value[key] for key in sorted(value, key=int)]


def check_known(pairs: list[tuple[str, str]], known: frozenset[str]) -> None:
    """Refuse a parameter that the call does not have, as Stripe does; positions are `*`."""
    for name, _value in pairs:
        shape = re.sub(r"\[\d*\]", "[*]", name)
        free = re.sub(r"^((?:payment_intent_data\[)?metadata\]?)\[[^\]]+\]$", r"\1[*]", shape)
        if shape not in known and free not in known:
            raise ApiError(
                400,
                f"Received unknown parameter: {name}",
                code="parameter_unknown",
                param=name,
            )


def required(params: dict[str, Any], *names: str) -> None:
    for name in names:
        if params.get(name) in (None, ""):
            raise ApiError(
                400,
                f"Missing required param: {name}.",
                code="parameter_missing",
                param=name,
            )


def whole(value: Any, param: str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise invalid(f"Invalid integer: {value}", param, "parameter_invalid_integer") from None
