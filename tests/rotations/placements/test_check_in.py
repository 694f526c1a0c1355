import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction

from rotations.bookings.models import Booking
from rotations.placements.actions import NotToday, check_in, pause_days
from rotations.placements.models import CheckIn, Day, Placement
from rotations.placements.states import DayState
from tests.factories.placements import MONDAY, days_of
from tests.rotations.placements.house import link
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.jobs.models import Outage

CHICAGO = ZoneInfo("America/Chicago")
D, H = dt.timedelta(days=1), dt.timedelta(hours=1)


def at(day: dt.date, hour: int = 8, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), CHICAGO).astimezone(dt.UTC)


def first(placement: Placement) -> Day:
    day = days_of(placement)[0]
    day.placement = placement
    return day


def test_check_in_is_noted_once(placement: Placement, amina: User) -> None:
    day, now = first(placement), at(MONDAY)
    made = check_in(day, arrived_at=None, actor=amina, now=now)
    assert (made.arrived_at, made.told_at, made.is_late) == (now, now, False)
    again = check_in(day, arrived_at=now - H, actor=amina, now=now + H)
    assert again.arrived_at == now
    assert CheckIn.objects.count() == 1
    assert AuditEntry.objects.filter(action="placements.day.checked_in").count() == 1


def test_check_in_told_later_is_marked(placement: Placement, amina: User) -> None:
    arrived = at(MONDAY)
    made = check_in(first(placement), arrived_at=arrived, actor=amina, now=arrived + 71 * H)
    assert (made.arrived_at, made.is_late) == (arrived, True)


def test_check_in_too_late_is_refused(placement: Placement, amina: User) -> None:
    arrived = at(MONDAY)
    with pytest.raises(NotToday, match="72 hours"):
        check_in(first(placement), arrived_at=arrived, actor=amina, now=arrived + 72 * H)


def test_outage_prolongs_the_window(placement: Placement, amina: User) -> None:
    arrived = at(MONDAY)
    Outage.objects.create(began_at=arrived + H, ended_at=arrived + 6 * H, reason="t")
    made = check_in(first(placement), arrived_at=arrived, actor=amina, now=arrived + 76 * H)
    assert made.is_late


def test_clock_that_runs_ahead_counts_as_now(placement: Placement, amina: User) -> None:
    now = at(MONDAY)
    made = check_in(first(placement), arrived_at=now + 3 * H, actor=amina, now=now)
    assert made.arrived_at == now


@pytest.mark.parametrize("shift", [-1, 1])
def test_check_in_is_for_the_day_itself_at_the_site(
    placement: Placement, amina: User, shift: int
) -> None:
    now = at(MONDAY + shift * D)
    with pytest.raises(NotToday, match="day itself"):
        check_in(first(placement), arrived_at=None, actor=amina, now=now)


def test_late_evening_is_still_the_day_though_not_by_utc(placement: Placement, amina: User) -> None:
    now = at(MONDAY, 23, 30)
    assert now.date() == MONDAY + D
    assert check_in(first(placement), arrived_at=None, actor=amina, now=now)


def test_no_check_in_without_rotation(placement: Placement, amina: User) -> None:
    day = days_of(placement)[4]
    pause_days(
        placement, day.day_on, day.day_on, why="Closed", host=link(placement), now=at(MONDAY)
    )
    day.refresh_from_db()
    day.placement = placement
    assert day.state == DayState.PAUSED
    with pytest.raises(NotToday, match="no rotation"):
        check_in(day, arrived_at=None, actor=amina, now=at(day.day_on))
    Booking.objects.filter(pk=placement.booking_id).update(state="canceled")
    other = first(placement)
    other.placement.booking.refresh_from_db()
    with pytest.raises(NotToday, match="no rotation"):
        check_in(other, arrived_at=None, actor=amina, now=at(MONDAY))


def test_nobody_checks_in_for_another(placement: Placement, bruno: User, dora: User) -> None:
    for other in (bruno, dora):
        with pytest.raises(PermissionDenied):
            check_in(first(placement), arrived_at=None, actor=other, now=at(MONDAY))


def test_check_in_is_never_changed_or_deleted(placement: Placement, amina: User) -> None:
    made = check_in(first(placement), arrived_at=None, actor=amina, now=at(MONDAY))
    with pytest.raises(Error, match="refused"), transaction.atomic():
        CheckIn.objects.filter(pk=made.pk).update(told_at=at(MONDAY + D))
    with pytest.raises(Error, match="refused"), transaction.atomic():
        CheckIn.objects.filter(pk=made.pk).delete()
