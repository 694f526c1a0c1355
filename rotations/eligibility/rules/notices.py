"""What a person's own passport and residence mean for a rotation: told to her alone.

Never a finding, never part of a verdict or of what is stored with an application, and never in a
provider's or another person's view. Only sanctions stand in the way of anything, by residence.
"""

import datetime as dt
from dataclasses import dataclass

from rotations.eligibility.rules.kinds.papers import first_issue
from rotations.eligibility.rules.packs import (
    ENTRY,
    PASSPORTS,
    SANCTIONS,
    Row,
    countries_of,
    pack,
)
from rotations.eligibility.rules.parts import Stay
from rotations.eligibility.rules.words import day

ASK = "Ask the consulate or a lawyer."
REMOTE = (
    "U.S. sanctions do not let us offer remote rotations to people who live in the country that "
    "you named. You can go on looking at all rotations."
)
PAYMENTS = (
    "U.S. sanctions do not let us take payments from the country that you named. You can go on "
    "looking at all rotations."
)
REFUSED = {"remote": REMOTE, "payments": PAYMENTS}
BOTH = (
    "U.S. sanctions let us neither offer remote rotations to people who live in the country that "
    "you named nor take payments from there. You can go on looking at all rotations."
)


@dataclass(frozen=True)
class Private:
    """What only the service weighs, and only as advice; codes of countries."""

    nationality: str = ""
    residence: str = ""
    passport_expires_on: dt.date | None = None


@dataclass(frozen=True)
class Notice:
    title: str
    sentence: str
    next_step: str
    source: str
    checked_on: dt.date


def notices(
    told: Private, stay: Stay, *, in_person: bool, visa: str | None, lead_days: int
) -> list[Notice]:
    """What to know beforehand; `lead_days` is how long renewing a passport takes.

    Entry and passport are left out for whoever works from home or lives in the United States.
    """
    found = _sanctions(told, stay.today)
    if in_person and visa != "resident":
        found += _entry(told, stay.today)
        found += _passport(told, stay, lead_days)
    return found


def refusal_of(residence: str, today: dt.date, of: str) -> str:
    """The sentence with which something is refused to people living there; empty where it is not.

    `of` is "remote", a remote rotation by where the applicant lives, or "payments", by where
    whoever pays lives.
    """
    is_refused = any(of in row["refuses"] for row in _sanctions_on(residence, today))
    return REFUSED[of] if is_refused else ""


def _sanctions(told: Private, today: dt.date) -> list[Notice]:
    title = "Where you live"
    step = "If you live elsewhere now, change your country of residence in your profile."
    return [
        Notice(title, _refused_by(row), step, row["source"], row["checked_on"])
        for row in _sanctions_on(told.residence, today)
    ]


def _sanctions_on(residence: str, today: dt.date) -> list[Row]:
    return [row for row in pack(SANCTIONS).rows_on(today) if residence in row["countries"]]


def _refused_by(row: Row) -> str:
    return BOTH if len(row["refuses"]) > 1 else REFUSED[row["refuses"][0]]


def _entry(told: Private, today: dt.date) -> list[Notice]:
    step = f"It does not change what you can do here. {ASK}"
    return [
        Notice("Entry to the United States", row["rule"], step, row["source"], row["checked_on"])
        for row in pack(ENTRY).rows_on(today)
        if told.nationality in row["countries"]
    ]


def _passport(told: Private, stay: Stay, lead_days: int) -> list[Notice]:
    expires = told.passport_expires_on
    if expires is None:
        return []
    rows = pack(PASSPORTS).rows_on(stay.today)
    needed = stay.ends_on
    if told.nationality not in countries_of(rows):
        needed = months_after(stay.ends_on, pack(PASSPORTS).more["months_beyond"])
    if expires >= needed:
        return []
    apply_by = stay.starts_on - dt.timedelta(days=lead_days)
    when = f"by {day(apply_by)}" if apply_by >= stay.today else "at once"
    sentence = (
        f"Yours ends on {day(expires)}. For these dates the rule text asks for one that is valid "
        f"until {day(needed)}."
    )
    row = rows[0]
    step = f"Ask for a new one {when}; it usually takes {lead_days} days. {ASK}"
    return [Notice("Your passport", sentence, step, row["source"], row["checked_on"])]


def months_after(start: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the month's first day behind where it has none."""
    return first_issue(start, -months, to_month_end=False)
