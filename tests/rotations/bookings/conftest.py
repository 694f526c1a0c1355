import datetime as dt

import pytest

from rotations.bookings.models import Offer
from rotations.catalog.models import Opening
from rotations.providers.models import Provider
from tests.factories.stories import an_offer, an_opening
from usce.accounts.models import User


@pytest.fixture
def opening(provider: Provider) -> Opening:
    return an_opening(provider)


@pytest.fixture
def offer(opening: Opening, amina: User, bruno: User, now: dt.datetime) -> Offer:
    return an_offer(opening, amina, now)
