"""Rotations that were begun, told day by day through the product's own actions."""

from datetime import datetime, time, timedelta

from rotations.bookings.models import Booking
from rotations.catalog.models import Opening
from rotations.placements.actions import (
    Host,
    Mark,
    advance,
    check_in,
    plan_booking,
    settle_days,
)
from rotations.placements.models import Day, Placement
from rotations.placements.queries import placement_by_id
from rotations.placements.rules import FRIDAY, at_site, day_at
from rotations.placements.states import DayState
from usce.accounts.models import User
from usce.devstack.demo.invented import demo_id
from usce.devstack.demo.stories import Storyteller

DAY = timedelta(days=1)
LEAD = 40  # days between the application and the first day
ARRIVES, SETTLES = time(7, 52), time(16)
MISSED = 2  # the place of the day on which each learner was ill


def tell_life(tell: Storyteller, user: User, number: int, *, ago: int) -> None:
    """A free rotation that began at least so many days ago."""
    last = tell.now.date() - DAY * ago
    dates = tell.rotation(number).openings.filter(starts_on__lte=last)
    _tell(tell, user, number, dates.latest("starts_on"))


def tell_preparation(tell: Storyteller, user: User, number: int) -> None:
    """One that begins in three weeks."""
    _tell(tell, user, number, _dates(tell, number, 3, "prepared"))


def tell_last_weeks(tell: Storyteller, user: User, number: int) -> None:
    """One in its third week: time to ask for a letter."""
    _tell(tell, user, number, _dates(tell, number, -2, "begun"))


def _dates(tell: Storyteller, number: int, weeks: int, name: str) -> Opening:
    """From the Monday so many weeks ahead; where the catalogue has no such dates, the story has."""
    rotation, today = tell.rotation(number), tell.now.date()
    monday = today + DAY * (7 * weeks - today.weekday())
    dates, _made = Opening.objects.get_or_create(
        rotation=rotation,
        starts_on=monday,
        ends_on=monday + DAY * (7 * rotation.weeks - 3),
        defaults={"public_id": demo_id(f"{rotation.public_id}/{name}"), "seats": 1},
    )
    return dates


def _tell(tell: Storyteller, user: User, number: int, dates: Opening) -> None:
    today = tell.now.date()
    days = (today - dates.starts_on).days + LEAD
    before = dates.rotation.openings.filter(
        starts_on__gt=today - DAY * days, starts_on__lt=dates.starts_on
    )
    booking = tell.booked(user, number, days=days, date=before.count())
    placement = plan_booking(booking.pk, now=tell.now - DAY * (days - 1))
    if placement is not None:
        _live(placement, tell.now)


def _live(placement: Placement, now: datetime) -> None:
    """Checked in each morning but for one; confirmed by the preceptor's link on Fridays."""
    booking: Booking = placement.booking
    zone, learner = booking.offer.site.time_zone, booking.applicant
    week: list[Day] = []
    days = Day.objects.filter(placement=placement, day_on__lt=day_at(now, zone))
    for place, day in enumerate(days.order_by("day_on")):
        arrived = at_site(day.day_on, ARRIVES, zone)
        advance(placement, now=arrived)
        day.placement = placement
        if place != MISSED:
            check_in(day, arrived_at=None, actor=learner, now=arrived)
        week.append(day)
        if day.day_on.weekday() == FRIDAY:
            _settle(placement, week, MISSED - place + len(week) - 1, zone)
            week = []
    advance(placement_by_id(placement.pk), now=now)


def _settle(placement: Placement, week: list[Day], missed: int, zone: str) -> None:
    """`missed` is the place in this week of the day on which the learner was ill, if it has one."""
    marks = {
        day.public_id: Mark(DayState.ABSENT, DayState.PLANNED, why="Was ill; told us by phone")
        if place == missed
        else Mark(DayState.CONFIRMED, DayState.PLANNED)
        for place, day in enumerate(week)
    }
    host = Host(preceptor=placement.booking.offer.preceptor)
    settle_days(placement, marks, host=host, now=at_site(week[-1].day_on, SETTLES, zone))
