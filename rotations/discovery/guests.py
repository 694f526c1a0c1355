"""The saved list of somebody without an account: public ids in the session, the last one first."""

from collections.abc import MutableMapping
from typing import Any

KEY = "saved"


def saved_in(session: MutableMapping[str, Any]) -> list[str]:
    return list(session.get(KEY, []))


def keep_in(session: MutableMapping[str, Any], public_id: str) -> None:
    session[KEY] = [public_id, *(kept for kept in saved_in(session) if kept != public_id)]


def drop_from(session: MutableMapping[str, Any], public_id: str) -> None:
    session[KEY] = [kept for kept in saved_in(session) if kept != public_id]
