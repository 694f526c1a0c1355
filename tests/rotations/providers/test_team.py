"""Who may join a team, who may leave it, and that an owner always stays."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from rotations.providers.actions import (
    AlreadyMember,
    InvitationEnded,
    LastOwner,
    NotYours,
    TooManyDrafts,
    accept_invitation,
    change_role,
    found_provider,
    invite_member,
    invite_provider,
    remove_member,
    revoke_invitation,
)
from rotations.providers.models import Invitation, Member, Provider, Role
from rotations.providers.queries import members_of, provider_for
from rotations.providers.states import ProviderState
from tests.factories.accounts import UserFactory
from tests.factories.providers import InvitationFactory, MemberFactory, ProviderFactory
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.links.models import Grant
from usce.notifications.models import Mail


@pytest.fixture
def vera(db: None) -> User:
    """She verifies, as staff."""
    return UserFactory(email="vera@example.test", staff_roles=["verifier"])


def owners(provider: Provider) -> int:
    return members_of(provider, Role.OWNER).count()


def test_founder_owns_a_draft(dora: User, now: dt.datetime) -> None:
    made = found_provider("  Hill\u202eside  Clinic ", title="Physician", actor=dora, now=now)
    assert (made.name, made.slug, made.state) == (
        "Hillside Clinic",
        "hillside-clinic",
        ProviderState.DRAFT,
    )
    assert Member.objects.get(provider=made).role == Role.OWNER


@pytest.mark.parametrize("name", ["Lakeshore", "العيادة", "---"])
def test_address_is_never_taken_twice(
    dora: User, provider: Provider, name: str, now: dt.datetime
) -> None:
    slugs = {found_provider(name, title="", actor=dora, now=now).slug for _ in range(2)}
    assert len(slugs | {provider.slug}) == 3


def test_nobody_begins_without_end(dora: User, now: dt.datetime) -> None:
    for number in range(3):
        found_provider(f"Clinic {number}", title="", actor=dora, now=now)
    with pytest.raises(TooManyDrafts):
        found_provider("One more", title="", actor=dora, now=now)


def test_staff_found_nothing_and_only_verifiers_invite(
    chen: User, vera: User, now: dt.datetime
) -> None:
    with pytest.raises(PermissionDenied):
        found_provider("Clinic", title="", actor=chen, now=now)
    with pytest.raises(PermissionDenied):
        invite_provider("Clinic", "x@example.test", actor=chen, now=now)
    asked = invite_provider("Clinic", "x@example.test", actor=vera, now=now)
    assert asked.role == Role.OWNER
    assert Mail.objects.get().facts["member"] == "Rounds"


def test_invited_again_keeps_one_invitation_and_the_new_role(
    bruno: User, provider: Provider, now: dt.datetime
) -> None:
    invite_member(provider, "new@example.test", Role.COORDINATOR, actor=bruno, now=now)
    later = now + dt.timedelta(hours=1)
    invite_member(provider, "NEW@example.test", Role.SCHEDULER, actor=bruno, now=later)
    assert Invitation.objects.get().role == Role.SCHEDULER
    assert Mail.objects.count() == 2


def test_member_is_not_invited_again(bruno: User, provider: Provider, now: dt.datetime) -> None:
    with pytest.raises(AlreadyMember):
        invite_member(provider, "Bruno@example.test", Role.FINANCE, actor=bruno, now=now)


@pytest.mark.parametrize("role", [r for r in Role if r != Role.OWNER])
def test_only_owners_change_the_team(provider: Provider, role: Role, now: dt.datetime) -> None:
    member = MemberFactory(provider=provider, role=role)
    MemberFactory(provider=provider)
    with pytest.raises(PermissionDenied):
        invite_member(provider, "x@example.test", Role.OWNER, actor=member.user, now=now)
    with pytest.raises(PermissionDenied):
        change_role(member, Role.OWNER, actor=member.user, now=now)
    with pytest.raises(PermissionDenied):
        remove_member(member, actor=member.user, now=now)


def test_owner_of_another_provider_changes_nothing_here(
    provider: Provider, bruno: User, now: dt.datetime
) -> None:
    other = MemberFactory(provider=ProviderFactory(), role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        remove_member(Member.objects.get(user=bruno), actor=other.user, now=now)


def test_accepted_by_the_person_asked_and_once(
    dora: User, amina: User, chen: User, now: dt.datetime
) -> None:
    asked = InvitationFactory(email="Dora@Example.test", role=Role.SCHEDULER)
    for wrong in (amina, chen):
        with pytest.raises(NotYours):
            accept_invitation(asked, title="", actor=wrong, now=now)
    joined = accept_invitation(asked, title="Coordinator <b>", actor=dora, now=now)
    assert (joined.role, joined.title) == (Role.SCHEDULER, "Coordinator <b>")
    with pytest.raises(InvitationEnded):
        accept_invitation(asked, title="", actor=dora, now=now)


def test_taken_back_opens_nothing(
    dora: User, bruno: User, provider: Provider, now: dt.datetime
) -> None:
    asked = InvitationFactory(provider=provider, email=dora.email)
    revoke_invitation(asked, actor=bruno, now=now)
    with pytest.raises(InvitationEnded):
        accept_invitation(asked, title="", actor=dora, now=now)
    with pytest.raises(InvitationEnded):
        revoke_invitation(asked, actor=bruno, now=now)
    assert not Grant.objects.filter(revoked_at__isnull=True).exists()


def test_last_owner_stays(bruno: User, provider: Provider, now: dt.datetime) -> None:
    only = Member.objects.get(user=bruno)
    with pytest.raises(LastOwner):
        remove_member(only, actor=bruno, now=now)
    with pytest.raises(LastOwner):
        change_role(only, Role.COORDINATOR, actor=bruno, now=now)
    MemberFactory(provider=provider, role=Role.OWNER)
    change_role(only, Role.COORDINATOR, actor=bruno, now=now)
    assert owners(provider) == 1


def test_removed_person_sees_nothing_and_is_told(
    bruno: User, provider: Provider, now: dt.datetime
) -> None:
    member = MemberFactory(provider=provider, role=Role.COORDINATOR)
    remove_member(member, actor=bruno, now=now)
    assert provider_for(bruno, provider.slug) == provider
    assert client_of(member.user).get(f"/p/{provider.slug}/").status_code == 404
    assert Mail.objects.get().event == "providers.removed"
    assert AuditEntry.objects.filter(action="providers.member.removed").count() == 1
    with pytest.raises(InvitationEnded):
        remove_member(member, actor=bruno, now=now)


@pytest.mark.race
def test_two_owners_who_remove_each_other_leave_one(clean_db: str, now: dt.datetime) -> None:
    provider = ProviderFactory()
    one, two = (MemberFactory(provider=provider, role=Role.OWNER) for _ in range(2))
    gate = threading.Barrier(2)

    def remove(actor: Member, target: Member) -> None:
        gate.wait()
        try:
            remove_member(Member.objects.get(pk=target.pk), actor=actor.user, now=now)
        except (PermissionDenied, LastOwner):
            pass
        finally:
            connections.close_all()

    pairs = [(one, two), (two, one)]
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert owners(provider) == 1
