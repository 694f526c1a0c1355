"""The learner says: I am here. Said twice it counts once; said without a line it comes later."""

from datetime import datetime

from django.db import transaction

from rotations.bookings.states import SEATED
from rotations.placements.actions.errors import NotToday
from rotations.placements.models import CheckIn, Day
from rotations.placements.permissions import can_check_in
from rotations.placements.queries import zone_of
from rotations.placements.rules import CHECK_IN_HOURS, CHECK_IN_WINDOW, day_at
from rotations.placements.states import DayState
from usce.audit.actions import record
from usce.jobs.outages import effective_deadline
from usce.permissions import Actor, require


def check_in(day: Day, *, arrived_at: datetime | None, actor: Actor, now: datetime) -> CheckIn:
    """Note the arrival at the time that the learner's own device kept; None is now.

    Accepted for 72 hours; what was told more than ten minutes later is marked as late. A clock
    that runs ahead counts as now. Raises NotToday.
    """
    require(can_check_in(actor, day))
    arrived = now if arrived_at is None else min(arrived_at, now)
    known = CheckIn.objects.filter(day=day).first()
    if known is not None:
        return known
    _refuse(day, arrived, now)
    with transaction.atomic():
        made = CheckIn(day=day, arrived_at=arrived, told_at=now)
        CheckIn.objects.bulk_create([made], ignore_conflicts=True)
        kept = CheckIn.objects.get(day=day)
        if kept.arrived_at == made.arrived_at and kept.told_at == made.told_at:
            changes = {"arrived_at": (None, arrived.isoformat())}
            record("placements.day.checked_in", day, actor=actor, now=now, changes=changes)
    return kept


def _refuse(day: Day, arrived: datetime, now: datetime) -> None:
    if day.placement.booking.state not in SEATED or day.state == DayState.PAUSED:
        raise NotToday("There is no rotation on this day.")
    if day_at(arrived, zone_of(day.placement)) != day.day_on:
        raise NotToday("One checks in on the day itself, by the clock of the site.")
    if now >= effective_deadline(arrived + CHECK_IN_WINDOW, set_at=arrived, now=now):
        raise NotToday(
            f"A check-in counts for {CHECK_IN_HOURS} hours after the arrival. Your preceptor can "
            "still confirm the day."
        )
