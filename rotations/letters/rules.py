"""When one asks for a letter, by when it is due, and who is reminded of it on which day (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from statistics import median

DAY = timedelta(days=1)
OPENS, CLOSES = timedelta(days=14), timedelta(days=365)
"""From so long before the last day of the rotation until so long after it one can ask."""
BEFORE_READING = timedelta(days=28)
USUAL = timedelta(days=28)
"""Four weeks: what writers usually take, and how long before programs read a letter is there."""
SOONEST, LATEST = timedelta(days=7), timedelta(days=365)
WRITER_STEPS, TEAM_STEPS = (-21, -10, -3, 0), (3, 7)
REMINDED_AT = time(9)
SILENT_AFTER = timedelta(days=10)
UNANSWERED_FOR, UNSUBMITTED_FOR = timedelta(days=7), timedelta(days=60)
"""So long after the due date a request ends by itself that nobody answered, or followed up."""
DOOR_LEAST, DOOR_AFTER = 21, 30
FEWEST = 5


@dataclass(frozen=True)
class Season:
    """One season of residency applications as far as its dates are published."""

    name: str
    programs_read_on: date | None
    source: str
    checked_on: date


@dataclass(frozen=True)
class Proposal:
    """A due date, and the season whose published date made it earlier than the usual weeks."""

    due_on: date
    season: Season | None = None


def asking_from(last_on: date) -> date:
    return last_on - OPENS


def may_ask_on(today: date, last_on: date) -> bool:
    return asking_from(last_on) <= today <= last_on + CLOSES


def is_last_weeks(today: date, last_on: date) -> bool:
    """The two weeks before the last day and the two after it: people still remember each other."""
    return asking_from(last_on) <= today <= last_on + OPENS


def propose_due(today: date, last_on: date, seasons: Iterable[Season]) -> Proposal:
    """Four weeks from the end of the rotation; earlier where programs read before that."""
    usual = max(today, last_on) + USUAL
    ahead = [
        (one.programs_read_on - BEFORE_READING, one)
        for one in seasons
        if one.programs_read_on and one.programs_read_on - BEFORE_READING >= today + SOONEST
    ]
    if ahead:
        due_on, season = min(ahead, key=lambda pair: pair[0])
        if due_on < usual:
            return Proposal(due_on, season)
    return Proposal(usual)


def next_reminder(due_on: date, after: date) -> date | None:
    """The first day after that one on which somebody is reminded."""
    days = (due_on + DAY * step for step in (*WRITER_STEPS, *TEAM_STEPS))
    return min((day for day in days if day > after), default=None)


@dataclass(frozen=True)
class Steps:
    """Which reminders go now, as days from the due date; None for none."""

    writer: int | None
    team: int | None


def steps_due(due_on: date, first: date, today: date) -> Steps:
    """Of the days from `first` until today: whoever is late sends only the last one of each kind.

    After the due date the writer is written to no more.
    """
    due = [step for step in (*WRITER_STEPS, *TEAM_STEPS) if first <= due_on + DAY * step <= today]
    writer = max((step for step in due if step in WRITER_STEPS), default=None)
    team = max((step for step in due if step in TEAM_STEPS), default=None)
    return Steps(writer if today <= due_on else None, team)


def last_day_of(due_on: date, *, is_answered: bool) -> date:
    """The last day of a request that nobody follows up."""
    return due_on + (UNSUBMITTED_FOR if is_answered else UNANSWERED_FOR)


def door_days(today: date, due_on: date) -> int:
    """How long a link opens that is mailed today."""
    return max(DOOR_LEAST, (due_on - today).days + DOOR_AFTER)


@dataclass(frozen=True)
class AnswerTime:
    """`days` is a median, None below five requests or without an answer."""

    days: float | None
    answered: int
    asked: int


def answer_time(took: Iterable[timedelta | None]) -> AnswerTime:
    """`took`: for each request how long the answer took, None where none came."""
    known = list(took)
    answered = [length / DAY for length in known if length is not None]
    enough = len(known) >= FEWEST and answered
    return AnswerTime(median(answered) if enough else None, len(answered), len(known))
