"""Listings as each viewer may see them; one set of queries for page, list and count."""

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Prefetch, QuerySet
from django.http import Http404

from rotations.catalog.models import LISTING_REVIEW, Opening, Requirement, Rotation
from rotations.catalog.states import OpeningState, RotationState
from rotations.eligibility.rules import Rule
from rotations.providers.models import Provider
from rotations.providers.queries import member
from rotations.providers.states import ProviderState
from usce.accounts.models import StaffRole, User
from usce.cases.queries import decided_about

RELATED = (
    "provider",
    "site__region",
    "preceptor__specialty",
    "preceptor__license_state",
    "specialty",
    "refund_policy",
)
PUBLIC_STATES = (RotationState.PUBLISHED, RotationState.PAUSED, RotationState.ARCHIVED)
HOST_RULE = "this listing"


def _all() -> QuerySet[Rotation]:
    return Rotation.objects.select_related(*RELATED).prefetch_related("requirements")


def rotations_for(viewer: User | AnonymousUser) -> QuerySet[Rotation]:
    """Every listing the viewer may open: public ones, own ones, for staff all of them."""
    rows = _all()
    if isinstance(viewer, User) and viewer.has_staff_role(StaffRole.REVIEWER, StaffRole.VERIFIER):
        return rows
    return rows.filter(state__in=PUBLIC_STATES, provider__state=ProviderState.VERIFIED)


def published_rotations() -> QuerySet[Rotation]:
    """What the public list shows: published, by a verified provider, newest first."""
    return (
        Rotation.objects.select_related(*RELATED)
        .filter(state=RotationState.PUBLISHED, provider__state=ProviderState.VERIFIED)
        .order_by("-published_at", "-id")
    )


def with_dates_and_rules(rows: QuerySet[Rotation], today: date) -> QuerySet[Rotation]:
    """The rows with `upcoming` openings and their requirements, in two more queries in all."""
    return rows.prefetch_related(
        Prefetch("openings", queryset=_upcoming(today), to_attr="upcoming"),
        Prefetch("requirements", queryset=Requirement.objects.order_by("position", "id")),
    )


def rotation_for(viewer: User | AnonymousUser, public_id: str) -> Rotation:
    """The listing, if the viewer may know of it; drafts are their team's and staff's (else 404)."""
    found = next(iter(rotations_for(viewer).filter(public_id=public_id)), None)
    if found is None:
        found = next(iter(_all().filter(public_id=public_id)), None)
        if found is None or member(viewer, found.provider) is None:
            raise Http404
    return found


def upcoming_openings(rotation: Rotation, today: date) -> QuerySet[Opening]:
    """Openings that one can still apply for, soonest first; full ones stay and say so."""
    return _upcoming(today).filter(rotation=rotation)


def _upcoming(today: date) -> QuerySet[Opening]:
    return Opening.objects.filter(state=OpeningState.OPEN, starts_on__gt=today).order_by(
        "starts_on", "id"
    )


def open_seats(rotation: Rotation, today: date) -> bool:
    return upcoming_openings(rotation, today).filter(taken__lt=F("seats")).exists()


def rules_of(rotation: Rotation) -> list[Rule]:
    """The listing's requirements as the engine reads them, with where and when they were read."""
    read_on = rotation.updated_at.date()
    return [
        Rule(r.kind, r.params, r.weight, HOST_RULE, read_on) for r in rotation.requirements.all()
    ]


def returned_listings(provider: Provider) -> list[tuple[Rotation, str]]:
    """The provider's drafts that staff returned, each with what is to be changed."""
    rows = Rotation.objects.filter(provider=provider, state=RotationState.DRAFT).order_by("-id")
    drafts = list(rows)
    if not drafts:
        return []
    notes = {
        case.subject_id: case.note if case.decision == "returned" else ""
        for case in decided_about(LISTING_REVIEW, rows).order_by("id")
    }
    return [(draft, notes[draft.pk]) for draft in drafts if notes.get(draft.pk)]
