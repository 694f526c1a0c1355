import pytest

from rotations.applications.models import Application
from rotations.catalog.models import Opening
from rotations.providers.models import Provider
from tests.factories.stories import an_application, an_opening, name
from usce.accounts.models import User


@pytest.fixture
def opening(provider: Provider) -> Opening:
    return an_opening(provider)


@pytest.fixture
def draft(opening: Opening, amina: User) -> Application:
    """Complete, and not sent."""
    name(amina)
    return an_application(opening, amina, "draft")


@pytest.fixture
def in_review(opening: Opening, amina: User) -> Application:
    return an_application(opening, amina, "in_review")


@pytest.fixture
def forwarded(opening: Opening, amina: User, bruno: User) -> Application:
    return an_application(opening, amina, "forwarded")
