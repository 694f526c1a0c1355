from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from usce.audit.actions import record
from usce.cases.models import Case
from usce.cases.permissions import can_work
from usce.cases.queries import live_case
from usce.cases.states import LIVE, CaseState
from usce.errors import Refused
from usce.permissions import Actor, SystemActor, require
from usce.states import lock, transition


class CaseTaken(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody else has taken this case in the meantime.")


class CaseEnded(Refused):
    def __init__(self) -> None:
        super().__init__("This case has been decided in the meantime.")


def open_case(
    kind: str,
    subject: Model,
    *,
    title: str,
    queue: str,
    due_at: datetime,
    actor: Actor,
    now: datetime,
) -> Case:
    """Put work into a staff queue; a live case of that kind and subject is returned instead."""
    with transaction.atomic():
        row = Case(
            kind=kind,
            title=title[:200],
            queue=queue,
            subject_type=subject._meta.label_lower,  # noqa: SLF001 -- Django's documented model API
            subject_id=subject.pk,
            due_at=due_at,
            opened_at=now,
        )
        Case.objects.bulk_create([row], ignore_conflicts=True)
        case = live_case(kind, subject)
        if case is None:  # decided by another between the two statements: the work starts anew
            row.save()
            case = row
        if case.public_id == row.public_id:
            record("cases.case.opened", case, actor=actor, now=now)
    return case


def claim_case(case: Case, *, actor: Any, now: datetime) -> Case:
    """Take a live case that nobody owns; taking one's own again changes nothing."""
    require(can_work(actor, case))
    with transaction.atomic():
        lock(case)
        if case.state not in LIVE:
            raise CaseEnded
        if case.owner_id not in (None, actor.pk):
            raise CaseTaken
        if case.owner_id is None:
            case.owner_id = actor.pk
            case.save(update_fields=["owner"])
            changes = {"owner": (None, actor.pk)}
            record("cases.case.claimed", case, actor=actor, now=now, changes=changes)
    return case


def release_case(case: Case, *, actor: Actor, now: datetime) -> Case:
    """Give one's own case back to the queue; one that nobody owns stays as it is."""
    require(can_work(actor, case))
    with transaction.atomic():
        lock(case)
        if case.state not in LIVE:
            raise CaseEnded
        if case.owner_id is not None and case.owner_id != getattr(actor, "pk", None):
            raise CaseTaken
        if case.owner_id is not None:
            changes = {"owner": (case.owner_id, None)}
            case.owner_id = None
            case.save(update_fields=["owner"])
            record("cases.case.released", case, actor=actor, now=now, changes=changes)
    return case


def decide_case(case: Case, decision: str, *, note: str, actor: Actor, now: datetime) -> Case:
    """Close the work with what was decided; one owned by another is refused."""
    require(can_work(actor, case))
    with transaction.atomic():
        lock(case)
        is_anothers = not isinstance(actor, SystemActor) and case.owner_id not in (None, actor.pk)
        if is_anothers:
            raise CaseTaken
        return transition(
            case,
            CaseState.DECIDED,
            actor=actor,
            now=now,
            decision=decision,
            note=note,
            decided_at=now,
        )


def settle_case(
    kind: str, subject: Model, *, decision: str, note: str, actor: Actor, now: datetime
) -> None:
    """Decide the live case of this kind and subject, if there is one."""
    case = live_case(kind, subject)
    if case is not None:
        decide_case(case, decision, note=note, actor=actor, now=now)
