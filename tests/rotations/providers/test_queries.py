import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from rotations.providers.models import Member, Provider, Role, Shown
from rotations.providers.permissions import (
    can_manage_applicants,
    can_manage_listings,
    can_manage_openings,
    can_manage_team,
)
from rotations.providers.queries import (
    IN_THE_OFFER,
    member,
    members_of,
    preceptor_line,
    provider_for,
    providers_of,
    verified_providers,
)
from tests.factories.accounts import UserFactory
from tests.factories.providers import MemberFactory, PreceptorFactory, ProviderFactory
from usce.accounts.models import StaffRole, User
from usce.permissions import SYSTEM

pytestmark = pytest.mark.django_db
ANYBODY = AnonymousUser()


def test_providers_are_ones_own(bruno: User, dora: User, provider: Provider) -> None:
    ProviderFactory()
    assert list(providers_of(bruno)) == [provider]
    assert list(providers_of(dora)) == []


def test_provider_of_strangers_is_not_found(bruno: User, dora: User, provider: Provider) -> None:
    assert provider_for(bruno, "lakeshore") == provider
    with pytest.raises(Http404):
        provider_for(dora, "lakeshore")


def test_removed_member_has_no_part(bruno: User, provider: Provider, now: dt.datetime) -> None:
    Member.objects.update(removed_at=now)
    assert list(providers_of(bruno)) == []
    assert member(bruno, provider) is None
    assert not can_manage_team(bruno, provider)


def test_member_of_nobody(provider: Provider) -> None:
    assert member(ANYBODY, provider) is None


def test_members_by_role(bruno: User, dora: User, provider: Provider) -> None:
    MemberFactory(provider=provider, user=dora, role=Role.FINANCE)
    assert [m.user for m in members_of(provider, Role.FINANCE)] == [dora]
    assert members_of(provider).count() == 2


def test_verified_providers_only(provider: Provider) -> None:
    ProviderFactory(state="draft")
    assert list(verified_providers()) == [provider]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.OWNER, [True, True, True, True]),
        (Role.COORDINATOR, [False, True, True, True]),
        (Role.SCHEDULER, [False, False, True, False]),
        (Role.PRECEPTOR, [False, False, False, False]),
        (Role.FINANCE, [False, False, False, False]),
    ],
)
def test_roles_open_doors(dora: User, provider: Provider, role: Role, allowed: list[bool]) -> None:
    MemberFactory(provider=provider, user=dora, role=role)
    doors = (
        can_manage_team,
        can_manage_listings,
        can_manage_openings,
        can_manage_applicants,
    )
    assert [door(dora, provider) for door in doors] == allowed


def test_staff_and_system_hold_no_role(provider: Provider) -> None:
    staff = UserFactory(staff_roles=[StaffRole.ADMIN])
    MemberFactory(provider=provider, user=staff)
    assert not can_manage_team(staff, provider)
    assert not can_manage_team(SYSTEM, provider)


@pytest.mark.parametrize(
    ("shown", "anybody", "signed_in"),
    [
        (Shown.PUBLIC, "Daniel Ortiz, MD", "Daniel Ortiz, MD"),
        (Shown.SIGNED_IN, "", "Daniel Ortiz, MD"),
        (Shown.IN_OFFER, "", ""),
    ],
)
def test_preceptor_is_named_as_he_allowed(
    dora: User, shown: Shown, anybody: str, signed_in: str
) -> None:
    preceptor = PreceptorFactory(shown=shown)
    assert preceptor_line(preceptor, ANYBODY).name == anybody
    assert preceptor_line(preceptor, dora).name == signed_in


def test_preceptor_line_says_when_the_name_comes() -> None:
    line = preceptor_line(PreceptorFactory(shown=Shown.IN_OFFER), ANYBODY)
    assert line.text == IN_THE_OFFER == "Named in the offer, before any payment"
