import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rotations.letters.models import Letter
from rotations.placements.models import Placement
from rotations.providers.models import Provider
from tests.factories.letters import a_letter
from tests.factories.placements import MONDAY, a_placement
from usce.accounts.models import User

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def now() -> dt.datetime:
    """Wednesday of the third week of the rotation, 12:00 at the site: its last two weeks."""
    return dt.datetime(2026, 10, 21, 12, tzinfo=CHICAGO).astimezone(dt.UTC)


@pytest.fixture
def placement(provider: Provider, amina: User, bruno: User, now: dt.datetime) -> Placement:
    """Amina's, four weeks from Monday 5 October, under way."""
    return a_placement(provider, amina, now, MONDAY)


@pytest.fixture
def letter(placement: Placement, now: dt.datetime) -> Letter:
    """Asked of her preceptor, due on 18 November."""
    return a_letter(placement, now, statement="I hope to match in medicine.")
