"""Listings as each viewer may see them; one set of queries for page, list and count."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import Http404

from applicants.profiles.queries import people_who_told
from rotations.catalog.models import LISTING_REVIEW, Opening, Requirement, Rotation, Weight
from rotations.catalog.states import OpeningState, RotationState
from rotations.catalog.verdicts import rules_of, undated_stay
from rotations.eligibility.rules import Facts, VerdictOutcome, evaluate, facts_asked
from rotations.providers.models import Provider
from rotations.providers.queries import member
from rotations.providers.states import ProviderState
from usce.accounts.models import StaffRole, User
from usce.audit.models import AuditEntry
from usce.audit.queries import entries
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
FEWEST_PEOPLE = 10


def _all() -> QuerySet[Rotation]:
    rows = Rotation.objects.select_related(*RELATED)
    return rows.prefetch_related("requirements", "matrix")


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


def listing_of(provider: Provider, public_id: str) -> Rotation:
    """A listing of this provider, in whatever state; else there is none (404)."""
    found = next(iter(_all().filter(provider=provider, public_id=public_id)), None)
    if found is None:
        raise Http404
    return found


def listings_at(provider: Provider) -> QuerySet[Rotation]:
    """What the provider lists or prepares, by title."""
    kept = Rotation.objects.filter(provider=provider).exclude(state=RotationState.ARCHIVED)
    return kept.order_by("title", "id")


def first_draft(provider: Provider) -> Rotation | None:
    """The listing that the way of a new provider leads to."""
    drafts = _all().filter(provider=provider, state=RotationState.DRAFT)
    return drafts.order_by("id").first()


def openings_of(rotation: Rotation) -> QuerySet[Opening]:
    """All of them, whatever became of them, newest first."""
    return rotation.openings.select_related("rotation__provider").order_by("-id")


def coming_openings(rotation: Rotation, today: date) -> QuerySet[Opening]:
    """Those whose last day has not passed, soonest first."""
    return openings_of(rotation).filter(ends_on__gte=today).order_by("starts_on", "id")


def ended_openings(rotation: Rotation, today: date) -> QuerySet[Opening]:
    return openings_of(rotation).filter(ends_on__lt=today)


def openings_at(provider: Provider) -> QuerySet[Opening]:
    """All dates of all listings of the provider, newest first."""
    rows = Opening.objects.filter(rotation__provider=provider)
    return rows.select_related("rotation__provider").order_by("-id")


def history_of_listing(rotation: Rotation) -> QuerySet[AuditEntry]:
    """What was done to the listing and to its dates, newest first."""
    dates = Q(target_type="catalog.opening", target_id__in=rotation.openings.values("pk"))
    own = Q(target_type="catalog.rotation", target_id=rotation.pk)
    return entries().filter(own | dates)


@dataclass(frozen=True)
class Fit:
    """Of so many people whose facts are known, how many meet what is required to apply."""

    fitting: int
    known: int


def who_would_qualify(rotation: Rotation, starts_on: date) -> Fit | None:
    """Among the newest people who told every fact that is asked; None below ten of them."""
    musts = [rule for rule in rules_of(rotation, starts_on) if rule.weight == Weight.MUST]
    people = people_who_told(facts_asked(musts)) if musts else []
    if len(people) < FEWEST_PEOPLE:
        return None
    stay = undated_stay(rotation, starts_on)
    outcomes = [evaluate(musts, Facts(**told), stay=stay).outcome for told in people]
    return Fit(outcomes.count(VerdictOutcome.CAN_APPLY), len(people))
