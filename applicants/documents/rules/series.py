"""Days of doses against the least time between them, with the dated figures behind it."""

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from applicants.documents.rules.dates import months_later

DATA = Path(__file__).parent.parent / "data" / "immunizations.csv"


@dataclass(frozen=True)
class Known:
    """A figure of the field, in words, with where and when it was read."""

    value: str
    rule: str
    source: str
    checked_on: dt.date


@cache
def known() -> dict[str, Known]:
    with DATA.open(newline="", encoding="utf-8") as file:
        return {
            row["name"]: Known(
                row["value"],
                row["rule"],
                row["source"],
                dt.date.fromisoformat(row["checked_on"]),
            )
            for row in csv.DictReader(file)
        }


def figure(name: str) -> int:
    return int(known()[name].value)


@dataclass(frozen=True)
class Series:
    """`gaps`: least days before each further dose; `best`: by when it is usually given.

    `whole`: least days from the first to the last.
    """

    gaps: tuple[int, ...]
    best: tuple[int, ...]
    whole: int = 0

    @property
    def doses(self) -> int:
        return len(self.gaps) + 1


@dataclass(frozen=True)
class Course:
    """How far somebody is in a series: the days that count, and those that came too early."""

    series: Series
    counted: tuple[dt.date, ...]
    early: tuple[dt.date, ...]

    @property
    def is_done(self) -> bool:
        return len(self.counted) == self.series.doses

    @property
    def missing(self) -> int:
        return self.series.doses - len(self.counted)

    def not_before(self) -> dt.date | None:
        """The first day for the next dose; None where any day will do.

        A dose that came too early still starts the time before the next one.
        """
        if self.is_done or not self.counted:
            return None
        number = len(self.counted)
        last = max((*self.counted, *self.early))
        first = last + dt.timedelta(days=self.series.gaps[number - 1])
        if number == len(self.series.gaps):
            first = max(first, self.counted[0] + dt.timedelta(days=self.series.whole))
        return first

    def best_by(self) -> dt.date | None:
        first = self.not_before()
        if first is None:
            return None
        usual = dt.timedelta(days=self.series.best[len(self.counted) - 1])
        return max(first, self.counted[-1] + usual)

    def would_count_from(self, day: dt.date) -> dt.date:
        """From when on a dose that came too early would have counted as the next one."""
        before = [one for one in self.counted if one < day]
        number = len(before)
        first = before[-1] + dt.timedelta(days=self.series.gaps[number - 1])
        if number == len(self.series.gaps):
            first = max(first, before[0] + dt.timedelta(days=self.series.whole))
        return first


def course(days: Sequence[dt.date], series: Series) -> Course:
    """The most doses that count, the earliest such days first."""
    told = sorted(set(days))
    counted: tuple[dt.date, ...] = ()
    for number in range(min(series.doses, len(told)), 0, -1):
        fitting = (some for some in combinations(told, number) if _fits(some, series))
        if found := next(fitting, None):
            counted = found
            break
    done = len(counted) == series.doses
    early = () if done else tuple(day for day in told if day not in counted)
    return Course(series, counted, early)


def _fits(days: tuple[dt.date, ...], series: Series) -> bool:
    waits = zip(days, days[1:], series.gaps, strict=False)
    if any((later - sooner).days < gap for sooner, later, gap in waits):
        return False
    is_whole = len(days) == series.doses
    return not is_whole or (days[-1] - days[0]).days >= series.whole


def of_age(day: dt.date, born_on: dt.date | None, months: int) -> bool:
    """Whether a dose was given at that age or later; nobody's age is guessed."""
    return born_on is None or day >= months_later(born_on, months)


def in_words(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def listed(words: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join([part for part in (", ".join(words[:-1]), words[-1]) if part])
