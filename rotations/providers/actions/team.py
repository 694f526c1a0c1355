"""Who runs a provider: found it, invite, accept, change a role, remove."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import slugify

from payments.actions import parties
from payments.actions.parties import provider_party
from rotations.providers.actions.errors import (
    AlreadyMember,
    InvitationEnded,
    LastOwner,
    NotYours,
    TooManyDrafts,
)
from rotations.providers.models import Invitation, Member, Provider, ProviderKind, Role
from rotations.providers.notifications import INVITED, REMOVED, tell_joined
from rotations.providers.permissions import (
    can_found_provider,
    can_invite_provider,
    can_manage_team,
)
from rotations.providers.queries import drafts_of, live_invitation, members_of
from usce.accounts.models import User
from usce.audit.actions import record
from usce.ids import new_public_id
from usce.limits.actions import check
from usce.links.actions import revoke
from usce.notifications.actions import notify
from usce.permissions import Actor, require
from usce.states import lock
from usce.text import clean_line

INVITATION_SCOPE = INVITATION_SUBJECT = "providers.invitation"
INVITATION_DAYS = 14
MOST_INVITATIONS, INVITATION_WINDOW = 30, timedelta(days=1)
MOST_DRAFTS = 3
SLUG_LENGTH = 60


def found_provider(name: str, *, title: str, actor: User, now: datetime) -> Provider:
    """A person begins to list an organization and owns it; nothing of it is public yet."""
    require(can_found_provider(actor), "Staff list no rotations.")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if drafts_of(actor).count() >= MOST_DRAFTS:
            raise TooManyDrafts(
                f"You have {MOST_DRAFTS} organizations that were not submitted yet. "
                "Finish one of them first."
            )
        provider = _draft(name, actor, now)
        _join(provider, actor, Role.OWNER, title=title, actor=actor, now=now)
    return provider


def invite_provider(name: str, email: str, *, actor: User, now: datetime) -> Invitation:
    """Staff open a draft for an organization and mail its first owner the way in."""
    require(can_invite_provider(actor))
    with transaction.atomic():
        provider = _draft(name, actor, now)
        return _invite(provider, email, Role.OWNER, by="Rounds", actor=actor, now=now)


def invite_member(
    provider: Provider, email: str, role: Role, *, actor: User, now: datetime
) -> Invitation:
    """Mail somebody the way into the team; asked again, the mail is sent again."""
    require(can_manage_team(actor, provider), "Owners invite people to the team.")
    if members_of(provider).filter(user__email__iexact=email).exists():
        raise AlreadyMember("This person already has a role in your team.")
    check(f"invite:{provider.pk}", limit=MOST_INVITATIONS, window=INVITATION_WINDOW, now=now)
    return _invite(provider, email, role, by=str(actor), actor=actor, now=now)


def revoke_invitation(invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """Its link opens nothing from now on."""
    require(can_manage_team(actor, invitation.provider), "Owners invite people to the team.")
    with transaction.atomic():
        fresh = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
        if fresh.ended_at is not None:
            raise InvitationEnded("This invitation was accepted or taken back already.")
        fresh.ended_at = now
        fresh.save(update_fields=["ended_at"])
        _close_links(fresh, now)
        record("providers.invitation.revoked", fresh, actor=actor, now=now)


def accept_invitation(invitation: Invitation, *, title: str, actor: User, now: datetime) -> Member:
    """Join the team; only the person whose address was asked, and only once."""
    if actor.is_staff or actor.email.lower() != invitation.email.lower():
        raise NotYours("This invitation is for another account.")
    with transaction.atomic():
        lock(invitation.provider)
        fresh = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
        if fresh.ended_at is not None:
            raise InvitationEnded("This invitation was accepted or taken back already.")
        fresh.ended_at, fresh.accepted_by = now, actor
        fresh.save(update_fields=["ended_at", "accepted_by"])
        _close_links(fresh, now)
        role = Role(fresh.role)
        added = _join(fresh.provider, actor, role, title=title, actor=actor, now=now)
        tell_joined(added, now=now)
        return added


def add_member(
    provider: Provider, user: User, role: Role, *, actor: Actor, now: datetime
) -> Member:
    require(can_manage_team(actor, provider))
    with transaction.atomic():
        lock(provider)
        return _join(provider, user, role, title="", actor=actor, now=now)


def change_role(member: Member, role: Role, *, actor: Actor, now: datetime) -> Member:
    """Under the provider's lock, so that two owners never step down at once."""
    with transaction.atomic():
        fresh = _locked(member, actor)
        was = fresh.role
        if was == Role.OWNER and role != Role.OWNER:
            _keep_an_owner(fresh)
        fresh.role = role
        fresh.save(update_fields=["role"])
        _let_see_money(fresh)
        changes = {"role": (was, role)}
        record("providers.member.role_changed", fresh, actor=actor, now=now, changes=changes)
    return fresh


def remove_member(member: Member, *, actor: Actor, now: datetime) -> Member:
    """The person sees nothing of the provider from now on; what was done stays written."""
    with transaction.atomic():
        fresh = _locked(member, actor)
        if fresh.role == Role.OWNER:
            _keep_an_owner(fresh)
        fresh.removed_at = now
        fresh.save(update_fields=["removed_at"])
        parties.remove_member(fresh.provider.party, fresh.user)
        changes = {"role": (fresh.role, "")}
        record("providers.member.removed", fresh, actor=actor, now=now, changes=changes)
        if getattr(actor, "pk", None) != fresh.user_id:
            facts = {"provider": fresh.provider.name}
            key = f"removed:{fresh.pk}"
            notify(REMOVED.name, to=fresh.user, facts=facts, unique_key=key, now=now)
    return fresh


def _locked(member: Member, actor: Actor) -> Member:
    """The member as it is now that nobody else can change the team; the actor is asked again."""
    provider = lock(member.provider)
    require(can_manage_team(actor, provider), "Owners change the team.")
    fresh = members_of(provider).filter(pk=member.pk).first()
    if fresh is None:
        raise InvitationEnded("This person is no longer in the team.")
    return fresh


def _keep_an_owner(member: Member) -> None:
    others = members_of(member.provider, Role.OWNER).exclude(pk=member.pk)
    if not others.exists():
        raise LastOwner("This is the only owner. Make somebody else an owner first.")


def _draft(name: str, actor: User, now: datetime) -> Provider:
    said = clean_line(name)
    slug = _slug(said)
    provider = Provider.objects.create(
        slug=slug,
        name=said,
        kind=ProviderKind.CLINIC,
        party=provider_party(said, money_path=f"/p/{slug}/payouts"),
        created_at=now,
    )
    record("providers.provider.draft", provider, actor=actor, now=now)
    return provider


def _slug(name: str) -> str:
    """The name in an address; an ending that nobody guesses where it is taken or says nothing."""
    plain = slugify(name)[:SLUG_LENGTH].strip("-")
    if plain and not Provider.objects.filter(slug=plain).exists():
        return plain
    return f"{plain or 'provider'}-{new_public_id()[:8]}"


def _join(
    provider: Provider, user: User, role: Role, *, title: str, actor: Actor, now: datetime
) -> Member:
    if members_of(provider).filter(user=user).exists():
        raise AlreadyMember("This person already has a role in your team.")
    added = Member.objects.create(
        provider=provider, user=user, role=role, title=clean_line(title), added_at=now
    )
    _let_see_money(added)
    record("providers.member.added", added, actor=actor, now=now, changes={"role": ("", role)})
    return added


def _invite(
    provider: Provider, email: str, role: Role, *, by: str, actor: User, now: datetime
) -> Invitation:
    """One live invitation for an address: asked again it takes the new role and a new link."""
    with transaction.atomic():
        lock(provider)
        found = live_invitation(provider, email) or Invitation(provider=provider, email=email)
        found.role, found.invited_by, found.invited_at = role, actor, now
        found.save()
        _close_links(found, now)
        changes = {"role": ("", role)}
        record("providers.invitation.sent", found, actor=actor, now=now, changes=changes)
        notify(
            INVITED.name,
            to=email,
            facts={
                "provider": provider.name,
                "member": by,
                "grant": {
                    "scope": INVITATION_SCOPE,
                    "subject_type": INVITATION_SUBJECT,
                    "subject_id": found.pk,
                    "path": "/d/invitation/{token}",
                    "days": INVITATION_DAYS,
                    "uses": 1,
                },
            },
            unique_key=f"invited:{found.pk}:{now.isoformat()}",
            now=now,
        )
    return found


def _let_see_money(member: Member) -> None:
    """Written down to payments: who of the team sees the provider's money."""
    sees = member.role in (Role.OWNER, Role.FINANCE)
    change = parties.add_member if sees else parties.remove_member
    change(member.provider.party, member.user)


def _close_links(invitation: Invitation, now: datetime) -> None:
    revoke(INVITATION_SCOPE, subject_type=INVITATION_SUBJECT, subject_id=invitation.pk, now=now)
