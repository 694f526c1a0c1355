import datetime as dt
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from rotations.bookings.models import Offer
from rotations.catalog.models import Opening
from rotations.providers.models import Provider
from tests.factories.stories import an_offer, an_opening
from tests.rotations.bookings.money import Till
from usce.accounts.models import User
from usce.devstack.stripe_sandbox import SandboxServer


@pytest.fixture
def opening(provider: Provider) -> Opening:
    return an_opening(provider)


@pytest.fixture
def offer(opening: Opening, amina: User, bruno: User, now: dt.datetime) -> Offer:
    return an_offer(opening, amina, now)


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        settings.STRIPE_SECRET_KEY = "sk_test_suite"
        settings.STRIPE_API_BASE = server.base_url
        settings.STRIPE_WEBHOOK_SECRETS = ["whsec_test"]
        yield server


@pytest.fixture
def till(sandbox: SandboxServer) -> Till:
    return Till(sandbox)
