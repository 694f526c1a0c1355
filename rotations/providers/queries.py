"""Who runs what, and how a preceptor may be shown."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from rotations.providers.models import (
    VERIFICATION,
    Invitation,
    Member,
    Preceptor,
    Provider,
    Role,
    Shown,
    Site,
)
from rotations.providers.states import ProviderState
from usce.accounts.models import User
from usce.cases.queries import last_decided

IN_THE_OFFER = "Named in the offer, before any payment"
AFTER_SIGN_IN = "Named to people who are signed in, and in the offer before any payment"


@dataclass(frozen=True)
class PreceptorLine:
    """A preceptor as this viewer may see him: the name is empty where he did not allow it yet."""

    name: str
    text: str
    specialty: str


def providers_of(user: User) -> QuerySet[Provider]:
    """The providers in which the person has a role now."""
    return Provider.objects.filter(members__user=user, members__removed_at__isnull=True).order_by(
        "name"
    )


def memberships_of(user: User) -> QuerySet[Member]:
    """The person's role at each of `providers_of`, with the provider, in the same order."""
    mine = Member.objects.filter(user=user, removed_at__isnull=True)
    return mine.select_related("provider").order_by("provider__name")


def member(user: User | AnonymousUser, provider: Provider) -> Member | None:
    if not isinstance(user, User):
        return None
    return Member.objects.filter(user=user, provider=provider, removed_at__isnull=True).first()


def members_of(provider: Provider, *roles: str) -> QuerySet[Member]:
    """The team with the people; with roles given, only those who hold one of them."""
    team = Member.objects.filter(provider=provider, removed_at__isnull=True).select_related("user")
    return team.filter(role__in=roles) if roles else team


def houses_of(viewers: Collection[int]) -> dict[int, str]:
    """By person the name of the provider for which each works, or last worked."""
    rows = Member.objects.filter(user__in=viewers).select_related("provider").order_by("id")
    return {member.user_id: member.provider.name for member in rows}


def drafts_of(user: User) -> QuerySet[Provider]:
    """The organizations the person owns that were not submitted yet."""
    own = Member.objects.filter(user=user, role=Role.OWNER, removed_at__isnull=True)
    return Provider.objects.filter(pk__in=own.values("provider"), state=ProviderState.DRAFT)


def invitations_to(provider: Provider) -> QuerySet[Invitation]:
    """Those that were neither accepted nor taken back, newest first."""
    return Invitation.objects.filter(provider=provider, ended_at__isnull=True).order_by("-id")


def live_invitation(provider: Provider, email: str) -> Invitation | None:
    return invitations_to(provider).filter(email__iexact=email).first()


def invitation_with(pk: int) -> Invitation | None:
    """The invitation behind a link, while it can be accepted."""
    rows = Invitation.objects.select_related("provider").filter(pk=pk, ended_at__isnull=True)
    return rows.first()


def sites_of(provider: Provider) -> QuerySet[Site]:
    return Site.objects.filter(provider=provider).select_related("region").order_by("name", "id")


def preceptors_of(provider: Provider) -> QuerySet[Preceptor]:
    rows = Preceptor.objects.filter(provider=provider)
    return rows.select_related("provider", "specialty", "license_state").order_by("name", "id")


def provider_for(user: User, slug: str) -> Provider:
    """The provider of that slug, to its members; to strangers there is none (404)."""
    found = providers_of(user).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def home_zone(provider: Provider) -> str:
    """The clock of the provider's first site; Eastern time until it has one."""
    zone = provider.sites.order_by("id").values_list("time_zone", flat=True).first()
    return zone or "America/New_York"


def returned_because(provider: Provider) -> str:
    """What staff asked the team to change; empty once it was handed in again."""
    if provider.state != ProviderState.DRAFT:
        return ""
    case = last_decided(VERIFICATION, provider)
    return case.note if case and case.decision == "returned" else ""


def verified_providers() -> QuerySet[Provider]:
    return Provider.objects.filter(state=ProviderState.VERIFIED)


def preceptor_line(preceptor: Preceptor, viewer: User | AnonymousUser) -> PreceptorLine:
    """How the preceptor agreed to be shown to this viewer; until asked, only in the offer."""
    signed_in = isinstance(viewer, User)
    allowed = preceptor.shown == Shown.PUBLIC or (preceptor.shown == Shown.SIGNED_IN and signed_in)
    specialty = preceptor.specialty.name
    if allowed:
        name = f"{preceptor.name}, {preceptor.credentials}"
        return PreceptorLine(name, name, specialty)
    text = AFTER_SIGN_IN if preceptor.shown == Shown.SIGNED_IN else IN_THE_OFFER
    return PreceptorLine("", text, specialty)
