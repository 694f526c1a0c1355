import datetime as dt
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from applicants.documents.states import DocumentState
from rotations.bookings.models import Offer
from rotations.catalog.models import Opening
from rotations.providers.models import Provider
from tests.factories.documents import DocumentFactory
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
def letter(amina: User) -> Document:
    return DocumentFactory(
        owner=amina, kind=DocumentKind.CONSULATE_LETTER, state=DocumentState.ACCEPTED
    )


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
