"""The saved list of whoever looks: with the person when signed in, else in the session."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Prefetch, Q, QuerySet

from rotations.applications.models import Application
from rotations.applications.states import LIVE
from rotations.catalog.models import Opening, Rotation
from rotations.catalog.queries import published_rotations, rotations_for
from rotations.catalog.states import OpeningState
from rotations.discovery.guests import saved_in
from rotations.discovery.models import SavedRotation
from rotations.discovery.queries.rows import Row, among
from rotations.eligibility.queries import Person, packs_noted, people_changed
from usce.accounts.models import User


@dataclass(frozen=True)
class SavedList:
    """`closed` are listings that take no applications now; drafts again are not shown."""

    rows: list[Row]
    closed: list[Rotation]


def saved_ids(viewer: User | AnonymousUser, session: MutableMapping[str, Any]) -> list[str]:
    """The public ids on the list, the last one saved first."""
    if isinstance(viewer, User) and not viewer.is_staff:
        rows = SavedRotation.objects.filter(user=viewer).order_by("-id")
        return list(rows.values_list("rotation__public_id", flat=True))
    return saved_in(session)


def saved_since(since: datetime) -> QuerySet[SavedRotation]:
    """Those whose person, papers, listing or rule packs changed since then, or not yet judged."""
    if packs_noted(since):
        return SavedRotation.objects.all()
    new = Q(judged_at=None)
    changed = Q(rotation__updated_at__gte=since) | Q(user__in=people_changed(since))
    return SavedRotation.objects.filter(new | changed)


def saved_to_judge(user: User, today: date) -> list[tuple[SavedRotation, Opening]]:
    """What is on the list and can be applied for, each with its next free dates.

    What she has applied for already is judged as her application.
    """
    applied = Application.objects.filter(applicant=user, state__in=LIVE).values("rotation")
    rows = SavedRotation.objects.filter(user=user, rotation__in=published_rotations())
    rows = rows.exclude(rotation__in=applied).order_by("id")
    free = Opening.objects.filter(
        state=OpeningState.OPEN, starts_on__gt=today, taken__lt=F("seats")
    )
    rows = rows.select_related("rotation__site").prefetch_related(
        "rotation__requirements",
        "rotation__matrix",
        Prefetch("rotation__openings", free.order_by("starts_on", "id"), to_attr="upcoming"),
    )
    found: list[tuple[SavedRotation, Opening]] = []
    for row in rows:
        marks: Any = row.rotation
        found += [(row, opening) for opening in marks.upcoming[:1]]
    return found


def saved_list(
    public_ids: list[str], viewer: User | AnonymousUser, person: Person, *, today: date
) -> SavedList:
    found = {row.rotation.public_id: row for row in among(public_ids, viewer, person, today=today)}
    missing = [public_id for public_id in public_ids if public_id not in found]
    closed = rotations_for(viewer).filter(public_id__in=missing).order_by("-id") if missing else []
    return SavedList([found[i] for i in public_ids if i in found], list(closed))
