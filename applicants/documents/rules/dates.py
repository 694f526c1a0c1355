"""Until when a paper counts, and which dates cannot be."""

import csv
import datetime as dt
from calendar import monthrange
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "validity.csv"
OLDEST = 80
LONGEST = 20


@dataclass(frozen=True)
class Validity:
    """How long a kind of paper counts from the day of issue, and who says so."""

    months: int
    to_month_end: bool
    rule: str
    source: str
    checked_on: dt.date


@cache
def validities() -> dict[str, Validity]:
    """By kind; a kind without one counts until the date on the paper, or for good."""
    with DATA.open(newline="") as file:
        return {
            row["kind"]: Validity(
                int(row["months"]),
                row["to_month_end"] == "yes",
                row["rule"],
                row["source"],
                dt.date.fromisoformat(row["checked_on"]),
            )
            for row in csv.DictReader(file)
        }


def valid_until(kind: str, issued_on: dt.date | None, expires_on: dt.date | None) -> dt.date | None:
    """The last day on which the paper counts; None where no date ends it.

    What is printed on the paper wins over the usual time of its kind.
    """
    if expires_on is not None:
        return expires_on
    usual = validities().get(kind)
    if usual is None or issued_on is None:
        return None
    if usual.to_month_end:
        day = months_later(issued_on.replace(day=1), usual.months)
        return day.replace(day=monthrange(day.year, day.month)[1])
    return months_later(issued_on, usual.months)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months on; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def problems(
    issued_on: dt.date | None,
    expires_on: dt.date | None,
    *,
    today: dt.date,
    born_on: dt.date | None = None,
) -> list[str]:
    """Sentences on dates that no paper carries; nothing about dates that were not told."""
    found = []
    if born_on is not None and any(day and day < born_on for day in (issued_on, expires_on)):
        found.append("A date lies before the birth date in the profile. Look at both once more.")
    if issued_on is not None:
        if issued_on > today:
            found.append("The day of issue lies in the future. Look at the paper once more.")
        elif issued_on.year < today.year - OLDEST:
            found.append(f"The year {issued_on.year} cannot be. Look at the paper once more.")
    if expires_on is not None:
        if expires_on.year > today.year + LONGEST:
            found.append(f"The year {expires_on.year} cannot be. Look at the paper once more.")
        elif issued_on is not None and expires_on < issued_on:
            found.append("The last day lies before the first. Look whether they are swapped.")
    return found
