"""Many at once on a committed database."""

import datetime as dt
from collections.abc import Callable

import pytest

from rotations.placements.actions import Host, Mark, check_in, plan_booking, settle_days
from rotations.placements.models import CheckIn, Day, Placement
from rotations.placements.queries import placement_by_id
from rotations.placements.states import DayState
from tests.factories.accounts import UserFactory
from tests.factories.placements import MONDAY, a_booking, a_placement, days_of
from tests.factories.providers import ProviderFactory
from tests.factories.stories import an_owner
from tests.support.races import at_once
from usce.audit.models import AuditEntry
from usce.notifications.models import Mail

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("clean_db")]
FRIDAY = dt.datetime(2026, 10, 9, 21, tzinfo=dt.UTC)
C, A = DayState.CONFIRMED, DayState.ABSENT


def a_rotation() -> Placement:
    return a_placement(ProviderFactory(), UserFactory(), FRIDAY)


def settling(placement: Placement, state: str, host: Host) -> Callable[[], object]:
    marks = {day.public_id: Mark(state, "planned", why="x") for day in days_of(placement)[:5]}

    def call() -> object:
        return settle_days(placement_by_id(placement.pk), marks, host=host, now=FRIDAY)

    return call


def test_two_hosts_confirm_at_once() -> None:
    placement = a_rotation()
    owner = an_owner(placement.booking.application.rotation.provider)
    by_link = Host(preceptor=placement.booking.offer.preceptor)
    calls = [settling(placement, C, host) for host in (by_link, Host(user=owner)) * 3]
    assert at_once(calls) == {"list": 6}
    assert AuditEntry.objects.filter(action="placements.day.confirmed").count() == 5


def test_one_confirms_while_the_other_records_an_absence() -> None:
    placement = a_rotation()
    owner = an_owner(placement.booking.application.rotation.provider)
    by_link = Host(preceptor=placement.booking.offer.preceptor)
    calls = [settling(placement, C, by_link), settling(placement, A, Host(user=owner))]
    assert at_once(calls) == {"list": 1, "ChangedMeanwhile": 1}
    states = {day.state for day in days_of(placement)[:5]}
    assert states in ({C}, {A})
    told = Mail.objects.filter(event="placements.days_changed").count()
    assert told == (1 if states == {A} else 0)


def test_days_are_planned_once_by_many_workers() -> None:
    booking = a_booking(ProviderFactory(), UserFactory())
    assert at_once([lambda: plan_booking(booking.pk, now=FRIDAY)] * 6) == {"Placement": 6}
    assert (Placement.objects.count(), Day.objects.count()) == (1, 20)


def test_check_in_said_by_two_devices_counts_once() -> None:
    placement = a_rotation()
    today = days_of(placement)[4]
    person = placement.booking.applicant

    def call() -> object:
        day = Day.objects.select_related("placement__booking__offer__site").get(pk=today.pk)
        return check_in(day, arrived_at=None, actor=person, now=FRIDAY)

    assert at_once([call] * 6) == {"CheckIn": 6}
    assert CheckIn.objects.count() == 1
    assert days_of(placement)[0].day_on == MONDAY
