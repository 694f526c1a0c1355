"""What the pages about a rotation's days show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from rotations.applications.pages import tabs_of
from rotations.bookings.states import SEATED
from rotations.placements.actions import may_still_object
from rotations.placements.desk import Learner
from rotations.placements.models import CheckIn, Day, Objection, Placement
from rotations.placements.queries import days_of, objections_of, tallies, tally, zone_of
from rotations.placements.rules import day_at
from rotations.placements.states import ObjectionState
from rotations.placements.tally import Told, tally_of
from rotations.providers.models import Preceptor


@dataclass(frozen=True)
class DayLine:
    day: Day
    check_in: CheckIn | None
    objection: Objection | None
    can_object: bool


@dataclass(frozen=True)
class Week:
    monday: date
    lines: list[DayLine]


def days_page(placement: Placement, now: datetime) -> dict[str, Any]:
    """The learner's own: today first, then what was counted, then every day."""
    days = list(days_of(placement))
    said = {one.day_id: one for one in objections_of(placement).order_by("id")}
    today = day_at(now, zone_of(placement))
    lines = [_line(day, said.get(day.pk), zone_of(placement), now) for day in days]
    count = tally_of(Told(d.day_on, d.state, d.minutes, d.attending_id) for d in days)
    application = placement.booking.application
    return {
        "placement": placement,
        "booking": placement.booking,
        "rotation": application.rotation,
        "application": application,
        "tabs": tabs_of(application, "days"),
        "zone": zone_of(placement),
        "today": next((line for line in lines if line.day.day_on == today), None),
        "is_seated": placement.booking.state in SEATED,
        "next_day": next((d for d in days if d.day_on > today), None),
        "tally": count,
        "most": _named(days, count.attending),
        "weeks": _weeks(lines),
    }


def objection_page(day: Day) -> dict[str, Any]:
    placement = day.placement
    return {
        "day": day,
        "placement": placement,
        "application": placement.booking.application,
        "tabs": tabs_of(placement.booking.application, "days"),
    }


def decision_page(found: Objection) -> dict[str, Any]:
    day = found.day
    return {
        "found": found,
        "day": day,
        "check_in": getattr(day, "check_in", None),
        "placement": day.placement,
        "booking": day.placement.booking,
        "zone": zone_of(day.placement),
        "is_waiting": found.state == ObjectionState.WAITING,
    }


def staff_page(placement: Placement) -> dict[str, Any]:
    days = list(days_of(placement))
    return {
        "placement": placement,
        "booking": placement.booking,
        "zone": zone_of(placement),
        "lines": [(day, getattr(day, "check_in", None)) for day in days],
        "tally": tally(placement),
    }


def learners_of(placements: Sequence[Placement]) -> list[Learner]:
    """Each with its open days, where the query fetched them, and with what was counted so far."""
    counts = tallies(placements)
    return [Learner(one, list(getattr(one, "open_days", [])), counts[one.pk]) for one in placements]


def learner_of(placement: Placement, now: datetime) -> Learner:
    """One learner with every day that has come, settled or not."""
    today = day_at(now, zone_of(placement))
    days = [day for day in days_of(placement) if day.day_on <= today]
    return Learner(placement, days, tally(placement))


def _line(day: Day, objection: Objection | None, zone: str, now: datetime) -> DayLine:
    may = objection is None and may_still_object(day, zone, now)
    return DayLine(day, getattr(day, "check_in", None), objection, may)


def _named(days: Sequence[Day], attending: int | None) -> Preceptor | None:
    return next((day.attending for day in days if day.attending_id == attending), None)


def _weeks(lines: Sequence[DayLine]) -> list[Week]:
    def monday(line: DayLine) -> date:
        day_on: date = line.day.day_on
        return day_on - timedelta(days=day_on.weekday())

    return [Week(start, list(some)) for start, some in groupby(lines, key=monday)]
