from typing import Any

from usce.devstack.stripe_sandbox.errors import missing
from usce.devstack.stripe_sandbox.events import emit
from usce.devstack.stripe_sandbox.store import Found, Store

KNOWN = frozenset({"name", "email", "description", "phone", "metadata[*]"})
FIELDS = ("name", "email", "description", "phone")


def create(store: Store, params: dict[str, Any], key: str | None) -> Found:
    values = {name: params.get(name) for name in FIELDS}
    made = store.add("customer", "cus", **values, metadata=params.get("metadata", {}))
    emit(store, "customer.created", made, key)
    return made


def find(store: Store, identifier: str) -> Found:
    found = store.get("customer", identifier)
    if found is None:
        raise missing("customer", identifier)
    return found


def update(store: Store, identifier: str, params: dict[str, Any], key: str | None) -> Found:
    found = find(store, identifier)
    found.update({name: params[name] for name in FIELDS if name in params})
    found["metadata"] |= params.get("metadata", {})
    store.save(found)
    emit(store, "customer.updated", found, key)
    return found
