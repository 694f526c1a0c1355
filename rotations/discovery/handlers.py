"""Saving for whoever asks: with the person when signed in, else in the session."""

from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from rotations.catalog.models import Rotation
from rotations.discovery.actions import ListFull, save_rotation, unsave_rotation
from rotations.discovery.guests import drop_from, keep_in, saved_in
from rotations.discovery.rules import MOST_SAVED
from usce.accounts.models import User


def save(
    rotation: Rotation,
    viewer: User | AnonymousUser,
    session: MutableMapping[str, Any],
    *,
    now: datetime,
) -> None:
    if isinstance(viewer, User):
        save_rotation(rotation, actor=viewer, now=now)
        return
    kept = saved_in(session)
    if rotation.public_id not in kept and len(kept) >= MOST_SAVED:
        raise ListFull
    keep_in(session, rotation.public_id)


def unsave(public_id: str, viewer: User | AnonymousUser, session: MutableMapping[str, Any]) -> None:
    if isinstance(viewer, User):
        unsave_rotation(public_id, actor=viewer)
    else:
        drop_from(session, public_id)
