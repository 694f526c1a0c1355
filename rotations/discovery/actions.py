"""Mark a rotation to come back to, and take the mark away."""

from datetime import datetime

from django.db import transaction

from rotations.catalog.models import Rotation
from rotations.catalog.queries import rotations_for
from rotations.discovery.models import SavedRotation
from rotations.discovery.permissions import can_save_rotation
from rotations.discovery.rules import MOST_SAVED
from usce.accounts.models import User
from usce.errors import Refused
from usce.permissions import require


class ListFull(Refused):
    def __init__(self) -> None:
        super().__init__(f"Your list holds {MOST_SAVED} rotations. Remove one first.")


def save_rotation(rotation: Rotation, *, actor: User, now: datetime) -> None:
    """Once, however often it is asked; raises ListFull."""
    require(can_save_rotation(actor))
    with transaction.atomic():
        kept = _locked(actor)
        if rotation.pk in kept:
            return
        if len(kept) >= MOST_SAVED:
            raise ListFull
        SavedRotation.objects.create(user=actor, rotation=rotation, saved_at=now)


def unsave_rotation(public_id: str, *, actor: User) -> None:
    """Also what is no longer public leaves the list."""
    require(can_save_rotation(actor))
    SavedRotation.objects.filter(user=actor, rotation__public_id=public_id).delete()


def merge_saved(public_ids: list[str], *, actor: User, now: datetime) -> None:
    """What was saved before signing in joins the list, in its order, while there is room."""
    require(can_save_rotation(actor))
    wanted = {r.public_id: r for r in rotations_for(actor).filter(public_id__in=public_ids)}
    with transaction.atomic():
        kept = _locked(actor)
        new = [wanted[i] for i in public_ids if i in wanted and wanted[i].pk not in kept]
        rows = [SavedRotation(user=actor, rotation=rotation, saved_at=now) for rotation in new]
        room = max(MOST_SAVED - len(kept), 0)
        # The last one saved has the highest id, as if each had been saved with the account.
        SavedRotation.objects.bulk_create(list(reversed(rows[:room])))


def _locked(actor: User) -> set[int]:
    """The rotations on the person's list, whose row is the lock on it."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    rows = SavedRotation.objects.filter(user=actor)
    return set(rows.values_list("rotation_id", flat=True))
