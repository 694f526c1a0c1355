import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from rotations.catalog.models import Opening
from rotations.catalog.queries import (
    open_seats,
    published_rotations,
    rotation_for,
    upcoming_openings,
)
from rotations.catalog.states import OpeningState, RotationState
from rotations.catalog.verdicts import rules_of
from rotations.eligibility.rules import Rule
from rotations.providers.models import Provider
from rotations.providers.states import ProviderState
from tests.factories.catalog import OpeningFactory, RequirementFactory, RotationFactory
from usce.accounts.models import User

pytestmark = pytest.mark.django_db
ANYBODY = AnonymousUser()


@pytest.mark.parametrize("state", [RotationState.PUBLISHED, "paused", "archived"])
def test_anybody_opens_what_was_public(state: str) -> None:
    made = RotationFactory(state=state)
    assert rotation_for(ANYBODY, made.public_id) == made


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_drafts_are_the_teams_and_staffs(
    provider: Provider, bruno: User, chen: User, dora: User, state: str
) -> None:
    made = RotationFactory(provider=provider, state=state)
    assert rotation_for(bruno, made.public_id) == rotation_for(chen, made.public_id) == made
    for stranger in (ANYBODY, dora):
        with pytest.raises(Http404):
            rotation_for(stranger, made.public_id)


def test_unknown_rotation_is_not_found() -> None:
    with pytest.raises(Http404):
        rotation_for(ANYBODY, "0" * 16)


def test_rotations_of_a_suspended_provider_are_hidden(provider: Provider) -> None:
    made = RotationFactory(provider=provider)
    Provider.objects.update(state=ProviderState.SUSPENDED)
    assert list(published_rotations()) == []
    with pytest.raises(Http404):
        rotation_for(ANYBODY, made.public_id)


def test_published_rotations_newest_first(now: dt.datetime) -> None:
    old = RotationFactory(published_at=now - dt.timedelta(days=2))
    new = RotationFactory(published_at=now)
    RotationFactory(state=RotationState.PAUSED)
    assert list(published_rotations()) == [new, old]


def test_upcoming_openings_are_open_and_ahead() -> None:
    today = dt.date(2026, 9, 1)
    rotation = RotationFactory()
    late = OpeningFactory(rotation=rotation)
    soon = OpeningFactory(rotation=rotation, starts_on=dt.date(2026, 9, 2))
    OpeningFactory(rotation=rotation, starts_on=today)
    OpeningFactory(rotation=rotation, starts_on=dt.date(2026, 9, 9), state=OpeningState.CLOSED)
    assert list(upcoming_openings(rotation, today)) == [soon, late]


def test_open_seats_until_the_last_is_taken() -> None:
    opening = OpeningFactory()
    assert open_seats(opening.rotation, dt.date(2026, 9, 1)) is True
    Opening.objects.update(taken=2)
    assert open_seats(opening.rotation, dt.date(2026, 9, 1)) is False


def test_rules_carry_where_and_when_they_were_read() -> None:
    made = RequirementFactory()
    own, *texts = rules_of(made.rotation, dt.date(2026, 7, 1))
    assert own == (
        Rule("graduation_within_years", {"years": 5}, "must", "this listing", dt.date(2026, 7, 1))
    )
    assert {rule.pack for rule in texts} == {"visa_text 1"}
