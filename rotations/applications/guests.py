"""What somebody without an account has begun: kept in the session until there is an account.

No file is part of it: a CV is asked for once somebody owns it.
"""

from collections.abc import MutableMapping
from dataclasses import asdict, dataclass
from typing import Any

from rotations.applications.rules import LONGEST_STATEMENT

KEY = "begun"
MOST = 5


@dataclass(frozen=True)
class Begun:
    """The dates (an opening's public id) and words for one rotation (its public id)."""

    rotation: str
    opening: str
    statement: str


def keep_begun(session: MutableMapping[str, Any], begun: Begun) -> None:
    """Of more than five rotations the one begun first is forgotten."""
    others = [row for row in session.get(KEY, []) if row["rotation"] != begun.rotation]
    session[KEY] = [*others, asdict(begun)][-MOST:]


def begun_for(session: MutableMapping[str, Any], rotation_id: str) -> Begun | None:
    return next((b for b in all_begun(session) if b.rotation == rotation_id), None)


def all_begun(session: MutableMapping[str, Any]) -> list[Begun]:
    """The last one first."""
    rows = [Begun(**row) for row in session.get(KEY, [])]
    return [row for row in reversed(rows) if len(row.statement) <= LONGEST_STATEMENT]


def forget_begun(session: MutableMapping[str, Any], rotation_id: str) -> None:
    session[KEY] = [row for row in session.get(KEY, []) if row["rotation"] != rotation_id]
