"""A rotation with its days, brought by the product's own actions to where the clock stands."""

import datetime as dt

from rotations.bookings.models import Booking
from rotations.bookings.states import BookingState
from rotations.catalog.terms import freeze_terms
from rotations.placements.actions import advance, plan_booking
from rotations.placements.models import Day, Placement
from rotations.placements.queries import placement_by_id
from rotations.providers.models import Provider
from tests.factories.applications import ApplicationFactory
from tests.factories.bookings import BookingFactory, OfferFactory
from tests.factories.catalog import OpeningFactory, RotationFactory
from usce.accounts.models import User

MONDAY = dt.date(2026, 10, 5)
STAY = dt.timedelta(days=25)


def a_booking(
    provider: Provider, person: User, first: dt.date = MONDAY, last: dt.date | None = None
) -> Booking:
    """A confirmed seat, Monday to the Friday of the fourth week."""
    rotation = RotationFactory(provider=provider)
    opening = OpeningFactory(rotation=rotation, starts_on=first, ends_on=last or first + STAY)
    application = ApplicationFactory(
        applicant=person, opening=opening, rotation=rotation, state="booked"
    )
    terms = freeze_terms(rotation, opening, tax=None)
    offer = OfferFactory(application=application, terms=terms, state="accepted")
    return BookingFactory(offer=offer, state=BookingState.CONFIRMED)


def a_placement(
    provider: Provider,
    person: User,
    now: dt.datetime,
    first: dt.date = MONDAY,
    last: dt.date | None = None,
) -> Placement:
    booking = a_booking(provider, person, first, last)
    made = plan_booking(booking.pk, now=now)
    assert made is not None
    advance(made, now=now)
    return placement_by_id(made.pk)


def days_of(placement: Placement) -> list[Day]:
    return list(Day.objects.filter(placement=placement).order_by("day_on"))
