"""Mark a rotation to come back to, take the mark away, and judge what is marked."""

from datetime import datetime

from django.db import transaction

from rotations.catalog.models import Rotation
from rotations.catalog.queries import rotations_for
from rotations.catalog.verdicts import case_of, stay_of
from rotations.discovery.models import SavedRotation
from rotations.discovery.notifications import tell_qualified, tell_rule_changed
from rotations.discovery.permissions import can_judge_saved, can_save_rotation
from rotations.discovery.queries.saved import saved_to_judge
from rotations.discovery.rules import MOST_SAVED
from rotations.eligibility.queries import person_of
from rotations.eligibility.rules import VerdictOutcome, judge
from rotations.eligibility.rules.changes import essences, rule_changes
from usce.accounts.models import User
from usce.errors import Refused
from usce.permissions import SystemActor, require


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


def judge_saved(user: User, *, actor: SystemActor, now: datetime) -> None:
    """Judge what is on the person's list; tell her what is open to her now, and changed rules.

    The first time, and where nothing changed that matters, she is told nothing.
    """
    require(can_judge_saved(actor))
    with transaction.atomic():
        _locked(user)
        person, opened = person_of(user), []
        for saved, opening in saved_to_judge(user, now.date()):
            rotation = saved.rotation
            case = case_of(rotation, stay_of(opening, now.date()), person)
            verdict = judge(case)
            changed = rule_changes(saved.rules, None, case, verdict) if saved.judged_at else []
            if changed:
                tell_rule_changed(
                    user, rotation, opening, changes=changed, sentence=verdict.sentence, now=now
                )
            elif saved.judged_at and _opens(saved.outcome, verdict.outcome):
                opened.append((rotation, opening))
            saved.outcome, saved.rules, saved.judged_at = verdict.outcome, essences(case), now
            saved.save(update_fields=["outcome", "rules", "judged_at"])
        if opened:
            tell_qualified(user, opened, now)


def _opens(was: str, now: str) -> bool:
    return now == VerdictOutcome.CAN_APPLY and was != now


def _locked(actor: User) -> set[int]:
    """The rotations on the person's list, whose row is the lock on it."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    rows = SavedRotation.objects.filter(user=actor)
    return set(rows.values_list("rotation_id", flat=True))
