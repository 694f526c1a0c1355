import datetime as dt

import pytest

from applicants.profiles.plan import PlanFacts
from rotations.bookings.models import Booking
from rotations.console.plan import plan_facts_of
from rotations.providers.models import Provider
from rotations.providers.states import ProviderState
from tests.factories.bookings import BookingFactory
from tests.factories.stories import an_offer, an_opening
from tests.factories.visits import client_of
from usce.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(provider: Provider, amina: User, now: dt.datetime) -> Booking:
    offer = an_offer(an_opening(provider), amina, now)
    made: Booking = BookingFactory(offer=offer, created_at=now, state="confirmed")
    return made


def test_nothing_is_said_of_a_provider_without_a_booking(amina: User) -> None:
    assert plan_facts_of(amina) == PlanFacts(place=False)


def test_booking_fills_two_lines(booking: Booking, provider: Provider, amina: User) -> None:
    Provider.objects.filter(pk=provider.pk).update(state=ProviderState.VERIFIED)
    assert plan_facts_of(amina) == PlanFacts(place=True, verified_provider=True)
    page = client_of(amina).get("/profile").content.decode()
    assert (page.count("Unknown"), page.count("Not yet")) == (3, 0)
    Provider.objects.filter(pk=provider.pk).update(state=ProviderState.SUSPENDED)
    assert plan_facts_of(amina) == PlanFacts(place=True, verified_provider=False)


def test_booking_that_is_only_held_is_no_place(booking: Booking, amina: User) -> None:
    Booking.objects.filter(pk=booking.pk).update(state="held")
    assert plan_facts_of(amina) == PlanFacts(place=False)


def test_plan_is_her_own(booking: Booking, dora: User) -> None:
    assert plan_facts_of(dora) == PlanFacts(place=False)
