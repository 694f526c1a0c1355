"""Rule packs: dated texts and lists of `data/`, and what of them bears on one listing.

Pure but for reading the files once. A pack's version names its content; `sha256` proves it.
"""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rotations.eligibility.rules.kinds.texts import PREFIX, REFUSES
from rotations.eligibility.rules.parts import Rule, Weight

DATA = Path(__file__).parent.parent / "data"
VISA_TEXT, STATE_TEXT = "visa_text", "state_text"
SANCTIONS, ENTRY, PASSPORTS = "sanctions", "entry", "passports"
KEYS = (VISA_TEXT, STATE_TEXT, SANCTIONS, ENTRY, PASSPORTS)
READ = ("statuses", "visas", "most_days", "effect", "rule", "next_step")
# Kinds that are hands-on whatever their duties say; others are where a duty is done or assisted.
HANDS_ON_KINDS = ("externship", "clerkship")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Pack:
    key: str
    version: int
    valid_from: dt.date
    checked_on: dt.date
    sha256: str
    rows: tuple[Row, ...]
    more: Row

    @property
    def name(self) -> str:
        return f"{self.key} {self.version}"

    def rows_on(self, day: dt.date) -> list[Row]:
        """The rows in force on that day."""
        return [row for row in self.rows if row["valid_from"] <= day <= row["valid_to"]]


@dataclass(frozen=True)
class Place:
    """What of a listing a text may be about; without a place there is none to enter."""

    kind: str
    state: str
    is_hands_on: bool
    in_person: bool


@cache
def pack(key: str) -> Pack:
    content = (DATA / f"{key}.toml").read_bytes()
    told = tomllib.loads(content.decode())
    rows = tuple(_row(row, told) for row in told.pop("rows"))
    return Pack(
        key=told.pop("key"),
        version=told.pop("version"),
        valid_from=told.pop("valid_from"),
        checked_on=told.pop("checked_on"),
        sha256=hashlib.sha256(content).hexdigest(),
        rows=rows,
        more=told,
    )


def packs() -> list[Pack]:
    return [pack(key) for key in KEYS]


def in_force(day: dt.date) -> dict[str, list[str]]:
    """By pack the rows that hold on that day: what changes by the calendar alone."""
    return {one.key: [str(row["id"]) for row in one.rows_on(day)] for one in packs()}


def is_hands_on(kind: str, *, assists: bool) -> bool:
    return assists or kind in HANDS_ON_KINDS


def text_rules(place: Place, day: dt.date) -> list[Rule]:
    """The published texts that bear on such a listing, as rules of the engine."""
    if not place.in_person:
        return []
    return [
        _rule(row, one)
        for one in (pack(VISA_TEXT), pack(STATE_TEXT))
        for row in one.rows_on(day)
        if _is_about(row, place)
    ]


def refusals(day: dt.date) -> list[Row]:
    """The rows that stand in the way of applying: what a search has to say in its own words."""
    return [
        row
        for key in (VISA_TEXT, STATE_TEXT)
        for row in pack(key).rows_on(day)
        if row["effect"] == REFUSES and row["weight"] == Weight.MUST
    ]


def countries_of(rows: Iterable[Row]) -> set[str]:
    return {code for row in rows for code in row["countries"]}


def _is_about(row: Row, place: Place) -> bool:
    return (
        place.kind in row.get("kinds", [place.kind])
        and place.state in row.get("states", [place.state])
        and (not row.get("hands_on") or place.is_hands_on)
    )


def _rule(row: Row, of: Pack) -> Rule:
    params = {name: row[name] for name in READ if name in row}
    name = f"{PREFIX}{row['id']}"
    return Rule(name, params, row["weight"], row["source"], row["checked_on"], of.name)


def _row(row: dict[str, Any], of: Row) -> Row:
    dates = {"valid_from": of["valid_from"], "valid_to": dt.date.max}
    return {**dates, "checked_on": of["checked_on"], **row}
