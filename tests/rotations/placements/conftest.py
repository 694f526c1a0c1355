import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rotations.placements.models import Placement
from rotations.providers.models import Provider
from tests.conftest import person
from tests.factories.placements import a_placement
from usce.accounts.models import StaffRole, User

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def friday() -> dt.datetime:
    """The fifth day of the rotation, 16:00 at the site."""
    return dt.datetime(2026, 10, 9, 16, tzinfo=CHICAGO).astimezone(dt.UTC)


@pytest.fixture
def placement(provider: Provider, amina: User, bruno: User, friday: dt.datetime) -> Placement:
    """Amina's, four weeks from Monday 5 October, under way."""
    return a_placement(provider, amina, friday)


@pytest.fixture
def trudy(db: None) -> User:
    """She is staff for trust."""
    return person("trudy@example.test", "Trudy Vale", staff_roles=[StaffRole.TRUST])
