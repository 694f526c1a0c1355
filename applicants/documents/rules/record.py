"""The lines of an immunization record and where a section of it stands; pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from applicants.documents.lines import Item, Result
from applicants.documents.rules.series import Known, in_words, known

COUNT = ("no", "one", "two", "three")
ORDINAL = ("first", "second", "third")


@dataclass(frozen=True)
class Line:
    """One dose, test or exam, as the rules see it. `level` in mIU/mL, `mm` of a skin test."""

    key: str
    what: str
    on: dt.date
    read_on: dt.date | None = None
    result: str = ""
    level: Decimal | None = None
    mm: int | None = None


class State:
    COMPLETE = "complete"
    MISSING = "missing"
    LATER = "later"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Standing:
    """Where one section stands today.

    `not_before`, `best_by`: of the next dose or test. `valid_until`: the last day it holds, None
    for good. `titer`: the newest result in words. `notes`: about lines that do not count.
    """

    item: Item
    state: str
    says: str
    next_step: str = ""
    not_before: dt.date | None = None
    best_by: dt.date | None = None
    valid_until: dt.date | None = None
    titer: str = ""
    notes: tuple[str, ...] = ()
    rule: Known = field(default_factory=lambda: known()["covid_optional"])

    @property
    def is_complete(self) -> bool:
        return self.state == State.COMPLETE


@dataclass(frozen=True)
class Told:
    """The lines of one record, with whose they are and which day it is."""

    lines: Sequence[Line]
    born_on: dt.date | None
    today: dt.date

    def of(self, *whats: str) -> list[Line]:
        return sorted((one for one in self.lines if one.what in whats), key=lambda one: one.on)

    def days(self, *whats: str) -> list[dt.date]:
        return [one.on for one in self.of(*whats)]

    def is_positive(self, what: str) -> bool:
        return any(one.result == Result.POSITIVE for one in self.of(what))


def doses(number: int) -> str:
    word = COUNT[number] if number < len(COUNT) else str(number)
    return f"{word} dose" if number == 1 else f"{word} doses"


def when(told: Told, not_before: dt.date | None, best_by: dt.date | None) -> str:
    """The days in words; a day that has come is now."""
    words = ""
    if not_before is not None and not_before > told.today:
        words = f" not before {in_words(not_before)}"
    if best_by is not None and best_by >= told.today:
        words += f"{',' if words else ''} best by {in_words(best_by)}"
    return words
