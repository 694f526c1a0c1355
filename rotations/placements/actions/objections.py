"""The learner objects to how a day was recorded; staff decide."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from rotations.placements.actions.errors import CannotObject
from rotations.placements.actions.progress import note_settled
from rotations.placements.models import Day, Objection
from rotations.placements.notifications import tell_decided
from rotations.placements.permissions import can_decide_objection, can_object
from rotations.placements.queries import zone_of
from rotations.placements.rules import OBJECT_DAYS, after_day, day_at
from rotations.placements.states import MISSED, DayState, ObjectionState
from usce.accounts.models import User
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.jobs.outages import effective_deadline
from usce.permissions import require
from usce.reference.rules import business_deadline
from usce.states import lock, transition
from usce.text import clean_text
from usce.ui.dates import day_short

CASE = "placements.objection"
DECISION_DAYS = 2
ONE_WAITING = "objection_one_waiting"


def may_still_object(day: Day, zone: str, now: datetime) -> bool:
    """A day recorded as missed, for two weeks from then on by the calendar of the site."""
    if day.state not in MISSED or day.settled_at is None:
        return False
    until = after_day(day_at(day.settled_at, zone) + timedelta(days=OBJECT_DAYS), zone)
    return now < effective_deadline(until, set_at=day.settled_at, now=now)


def object_to_day(day: Day, words: str, *, actor: User, now: datetime) -> Objection:
    """Open a case about the day. Raises CannotObject."""
    require(can_object(actor, day))
    said = clean_text(words)
    if not said:
        raise CannotObject("Say what was different: our staff and the host read it.")
    with transaction.atomic():
        lock(day)
        if not may_still_object(day, zone_of(day.placement), now):
            raise CannotObject(
                f"One can object for {OBJECT_DAYS} days to a day that was recorded as missed."
            )
        made = _waiting(day, said, now)
        reference = day.placement.booking.application.reference
        open_case(
            CASE,
            made,
            title=f"{reference}: {day_short(day.day_on)} recorded as {day.state}",
            queue=Queue.TRUST,
            due_at=business_deadline(now, DECISION_DAYS, zone_of(day.placement)),
            actor=actor,
            now=now,
        )
    return made


def decide_objection(
    objection: Objection, *, is_upheld: bool, answer: str, actor: User, now: datetime
) -> Objection:
    """Upheld, the day counts as attended with its planned hours and the booking's preceptor."""
    require(can_decide_objection(actor))
    said = clean_text(answer)
    if not said:
        raise CannotObject("Say why: the learner reads it.")
    day = objection.day
    placement = day.placement
    with transaction.atomic():
        lock(placement.booking)
        lock(day)
        outcome = ObjectionState.UPHELD if is_upheld else ObjectionState.DECLINED
        transition(
            objection,
            outcome,
            actor=actor,
            now=now,
            answer=said,
            decided_by=actor,
            decided_at=now,
        )
        settle_case(CASE, objection, decision=outcome, note=said, actor=actor, now=now)
        if is_upheld and day.state in MISSED:
            _count(day, actor, now)
        tell_decided(objection, now=now)
        note_settled(placement, now=now)
    return objection


def _count(day: Day, actor: User, now: datetime) -> None:
    transition(
        day,
        DayState.CONFIRMED,
        actor=actor,
        now=now,
        minutes=day.planned_minutes,
        attending=day.placement.booking.offer.preceptor,
        why="",
        settled_at=now,
        settled_by=actor,
        settled_by_preceptor=None,
    )


def _waiting(day: Day, said: str, now: datetime) -> Objection:
    try:
        with transaction.atomic():
            return Objection.objects.create(day=day, words=said, asked_at=now)
    except IntegrityError as error:
        if ONE_WAITING not in str(error):
            raise
        raise CannotObject("Our staff look at this day already.") from error
