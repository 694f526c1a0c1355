"""The saved list of whoever looks: with the person when signed in, else in the session."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser

from rotations.catalog.models import Rotation
from rotations.catalog.queries import rotations_for
from rotations.discovery.guests import saved_in
from rotations.discovery.models import SavedRotation
from rotations.discovery.queries.rows import Row, among
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


def saved_list(
    public_ids: list[str], viewer: User | AnonymousUser, known: Mapping[str, Any], *, today: date
) -> SavedList:
    found = {row.rotation.public_id: row for row in among(public_ids, viewer, known, today=today)}
    missing = [public_id for public_id in public_ids if public_id not in found]
    closed = rotations_for(viewer).filter(public_id__in=missing).order_by("-id") if missing else []
    return SavedList([found[i] for i in public_ids if i in found], list(closed))
