"""Hosts say how the days were. Under the booking's lock; what a page did not show is not undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from rotations.bookings.models import Booking
from rotations.bookings.states import LIVE, BookingState
from rotations.placements.actions.errors import BadDay, ChangedMeanwhile, NotOpen, ReasonMissing
from rotations.placements.actions.progress import catch_up, note_settled
from rotations.placements.models import Day, Placement
from rotations.placements.notifications import tell_changes
from rotations.placements.permissions import can_settle_by_link, can_settle_days
from rotations.placements.queries import days_of, zone_of
from rotations.placements.rules import (
    LONGEST,
    MAKE_UP_DAYS,
    OPEN_DAYS,
    SHORTEST,
    day_at,
)
from rotations.placements.states import MISSED, DayState
from rotations.providers.models import Preceptor
from usce.accounts.models import User
from usce.audit.actions import record
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition
from usce.text import clean_line
from usce.ui.dates import day_short

UNDER_WAY = (BookingState.ACTIVE, BookingState.COMPLETED)


@dataclass(frozen=True)
class Host:
    """Who says it: somebody of the team, or the preceptor by the mailed link."""

    user: User | None = None
    preceptor: Preceptor | None = None

    def may_settle(self, placement: Placement) -> bool:
        if self.preceptor is not None:
            return can_settle_by_link(self.preceptor, placement)
        return self.user is not None and can_settle_days(self.user, placement)

    @property
    def actor(self) -> Actor:
        """A link has no account: the service acts, and the day says whose link it was."""
        return self.user or SYSTEM

    def signature(self, now: datetime) -> dict[str, Any]:
        return {
            "settled_at": now,
            "settled_by": self.user,
            "settled_by_preceptor": self.preceptor,
        }


@dataclass(frozen=True)
class Mark:
    """How a day was; `was` is the state that the page showed."""

    state: str
    was: str
    minutes: int | None = None
    attending: Preceptor | None = None
    why: str = ""


def settle_days(
    placement: Placement, marks: Mapping[str, Mark], *, host: Host, now: datetime
) -> list[Day]:
    """Record each day as marked, all of them or none; those changed by this call.

    A day that stands as marked already is left alone. Raises ChangedMeanwhile where a day is no
    longer as the page showed it, NotOpen, ReasonMissing for an absence without a word.
    """
    require(host.may_settle(placement))
    with transaction.atomic():
        _open(placement, now)
        found = _locked(placement, marks)
        if len(found) != len(marks):
            raise NotOpen("One of these days is no day of this rotation.")
        wanted = [(day, marks[day.public_id]) for day in found]
        turned = [(day, mark) for day, mark in wanted if day.state != mark.state]
        stale = [day for day, mark in turned if day.state != mark.was]
        if stale:
            raise ChangedMeanwhile(", ".join(day_short(day.day_on) for day in stale))
        for day, mark in turned:
            _settle(placement, day, mark, host, now)
        changed = [day for day, _mark in turned]
        tell_changes(placement, [day for day in changed if day.state in MISSED], now=now)
        note_settled(placement, now=now)
    return changed


def add_make_up(
    placement: Placement, day_on: date, *, minutes: int, host: Host, now: datetime
) -> Day:
    """Another day in place of one that was missed, until four weeks after the last day."""
    require(host.may_settle(placement))
    with transaction.atomic():
        _open(placement, now, even_ahead=True)
        if placement.booking.state == BookingState.COMPLETED:
            raise NotOpen("This rotation is over.")
        _check_make_up(placement, day_on)
        made = Day.objects.create(
            placement=placement,
            day_on=day_on,
            is_make_up=True,
            planned_minutes=min(max(minutes, SHORTEST), LONGEST),
        )
        changes = {"day_on": (None, day_on.isoformat())}
        record("placements.day.added", made, actor=host.actor, now=now, changes=changes)
        tell_changes(placement, [made], now=now)
    return made


def pause_days(
    placement: Placement, first_on: date, last_on: date, *, why: str, host: Host, now: datetime
) -> list[Day]:
    """No rotation from the first to the last of these days; what was settled stays as it is."""
    require(host.may_settle(placement))
    said = clean_line(why)[:200]
    if not said:
        raise ReasonMissing("Say why: the applicant reads it.")
    with transaction.atomic():
        _open(placement, now, even_ahead=True)
        planned = days_of(placement).filter(
            state=DayState.PLANNED, day_on__range=(first_on, last_on)
        )
        paused = list(planned.select_for_update(no_key=True, of=("self",)))
        if not paused:
            raise BadDay("There is no open day of the rotation between these two.")
        for day in paused:
            _turn(day, DayState.PAUSED, host, now, why=said)
        tell_changes(placement, paused, now=now)
        note_settled(placement, now=now)
    return paused


def _open(placement: Placement, now: datetime, *, even_ahead: bool = False) -> None:
    """Lock the booking; a rotation that has begun, and ended not too long ago, can be settled."""
    booking = placement.booking
    lock(booking)
    if booking.state not in LIVE:
        raise NotOpen("This booking is canceled.")
    catch_up(placement, now=now)
    if not even_ahead and booking.state not in UNDER_WAY:
        raise NotOpen("The rotation has not begun.")
    if day_at(now, zone_of(placement)) > booking.ends_on + timedelta(days=OPEN_DAYS):
        raise NotOpen(f"Days can be settled for {OPEN_DAYS} days after the last one. Write to us.")


def _locked(placement: Placement, marks: Mapping[str, Mark]) -> list[Day]:
    rows = days_of(placement).filter(public_id__in=marks)
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("day_on"))


def _settle(placement: Placement, day: Day, mark: Mark, host: Host, now: datetime) -> None:
    if day.day_on > day_at(now, zone_of(placement)) and mark.state != DayState.PAUSED:
        raise NotOpen(f"{day_short(day.day_on)} has not come yet.")
    if day.state != DayState.PLANNED and placement.booking.state == BookingState.COMPLETED:
        raise NotOpen("What was recorded of a rotation that is over is corrected by our staff.")
    said = clean_line(mark.why)[:200]
    if mark.state in MISSED and not said:
        raise ReasonMissing("Say why for each day that was missed: the applicant reads it.")
    _turn(day, mark.state, host, now, **_facts(placement, day, mark, said))


def _facts(placement: Placement, day: Day, mark: Mark, said: str) -> dict[str, Any]:
    if mark.state != DayState.CONFIRMED:
        return {"why": said, "minutes": None, "attending": None}
    minutes = min(max(mark.minutes or day.planned_minutes, SHORTEST), LONGEST)
    attending = mark.attending or placement.booking.offer.preceptor
    if attending.provider_id != placement.booking.offer.preceptor.provider_id:
        raise NotOpen("The attending is a preceptor of the same organization.")
    return {"why": "", "minutes": minutes, "attending": attending}


def _turn(day: Day, state: str, host: Host, now: datetime, **facts: Any) -> None:
    signed = host.signature(now)
    if state == DayState.PLANNED:
        signed = dict.fromkeys(signed)
        facts = {"why": "", "minutes": None, "attending": None}
    transition(day, state, actor=host.actor, now=now, **signed, **facts)


def _check_make_up(placement: Placement, day_on: date) -> None:
    booking: Booking = placement.booking
    last = booking.ends_on + timedelta(days=MAKE_UP_DAYS)
    if not booking.starts_on <= day_on <= last:
        raise BadDay(f"A day to make up lies between the first day and {day_short(last)}.")
    known = Day.objects.filter(placement=placement)
    if known.filter(day_on=day_on).exists():
        raise BadDay("This is a day of the rotation already.")
    if known.filter(is_make_up=True).count() >= known.filter(state__in=MISSED).count():
        raise BadDay("No day was missed for which another could be added.")
    elsewhere = Booking.objects.filter(
        applicant=booking.applicant_id,
        state__in=LIVE,
        in_person=True,
        starts_on__lte=day_on,
        ends_on__gte=day_on,
    )
    if elsewhere.exclude(pk=booking.pk).exists():
        raise BadDay("The learner is booked elsewhere on this day.")
