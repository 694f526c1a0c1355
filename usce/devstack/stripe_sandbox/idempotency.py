"""The first answer under a key is the answer, for a day."""

import hashlib
import json

from usce.devstack.stripe_sandbox.errors import ApiError
from usce.devstack.stripe_sandbox.store import Store

KEPT_SECONDS = 24 * 3600


def fingerprint(path: str, pairs: list[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps([path, sorted(pairs)]).encode()).hexdigest()


def begin(store: Store, key: str, mark: str) -> tuple[int, str] | None:
    """The stored answer, or None when the caller is the first and now holds the key.

    Raises ApiError for other parameters (400) and for a call still under way (409).
    """
    with store.changing():
        oldest = store.now() - KEPT_SECONDS
        store.db.execute("DELETE FROM replies WHERE at < ?", [oldest])
        row = store.db.execute(
            "SELECT fingerprint, status, body FROM replies WHERE key = ?", [key]
        ).fetchone()
        if row is None:
            store.db.execute(
                "INSERT INTO replies VALUES (?, ?, NULL, NULL, ?)", [key, mark, store.now()]
            )
            return None
    if row[0] != mark:
        raise ApiError(
            400,
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}'.",
            "idempotency_error",
        )
    if row[1] is None:
        raise ApiError(
            409,
            "There is currently another in-progress request using this idempotent key.",
            "idempotency_error",
            code="idempotency_key_in_use",
        )
    return int(row[1]), str(row[2])


def keep(store: Store, key: str, status: int, body: str) -> None:
    with store.changing():
        store.db.execute(
            "UPDATE replies SET status = ?, body = ? WHERE key = ?", [status, body, key]
        )


def forget(store: Store, key: str) -> None:
    """Nothing was done under this key (the parameters were refused): it may be used again."""
    with store.changing():
        store.db.execute("DELETE FROM replies WHERE key = ? AND status IS NULL", [key])


def forget_unfinished(store: Store) -> None:
    """After a crash no call is under way, whatever the table says."""
    with store.changing():
        store.db.execute("DELETE FROM replies WHERE status IS NULL")
