import datetime as dt

import pytest

from rotations.bookings.actions import tell_rosters
from rotations.bookings.models import Booking
from rotations.bookings.states import BookingState
from rotations.bookings.tasks import tell_weeks_rosters
from rotations.providers.models import Provider
from tests.factories.bookings import BookingFactory, OfferFactory
from tests.factories.catalog import OpeningFactory, RotationFactory
from usce.accounts.models import User
from usce.notifications.models import Mail

pytestmark = pytest.mark.usefixtures("bruno")
FRIDAY = dt.datetime(2026, 7, 3, 12, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 7, 6)
DAY = dt.timedelta(days=1)


def booked(provider: Provider, first: dt.date, state: str = BookingState.CONFIRMED) -> Booking:
    rotation = RotationFactory(provider=provider)
    ends_on = first + dt.timedelta(days=25)
    opening = OpeningFactory(rotation=rotation, starts_on=first, ends_on=ends_on)
    offer = OfferFactory(application__opening=opening, application__rotation=rotation)
    return BookingFactory(offer=offer, state=state)


def told() -> list[tuple[str, int]]:
    rows = Mail.objects.filter(event="bookings.roster").order_by("id")
    return [(mail.address, mail.facts["count"]) for mail in rows]


def test_host_hears_once_who_begins_in_the_week_to_come(provider: Provider, bruno: User) -> None:
    for first in (MONDAY, MONDAY + 2 * DAY, MONDAY + 7 * DAY, MONDAY - DAY):
        booked(provider, first)
    booked(provider, MONDAY, BookingState.HELD)
    for moment in (FRIDAY, FRIDAY + DAY, FRIDAY + 2 * DAY):
        tell_rosters(moment)
    assert told() == [(bruno.email, 2)]


def test_nothing_is_told_before_friday_or_of_an_empty_week(provider: Provider) -> None:
    tell_rosters(FRIDAY)
    booked(provider, MONDAY)
    tell_rosters(FRIDAY - DAY)
    assert told() == []


def test_job_looks_at_the_clock(provider: Provider) -> None:
    booked(provider, MONDAY)
    tell_weeks_rosters()
    assert told() == []
