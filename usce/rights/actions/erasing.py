"""The end of a person's data: planned, with a way back; then step by step, each safe to repeat."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from usce.accounts.models import User
from usce.audit.actions import record
from usce.crashpoints import reach
from usce.errors import Refused
from usce.jobs.actions import enqueue
from usce.permissions import Actor, require
from usce.rights.models import Erasure, ErasureCause
from usce.rights.notifications import tell_done, tell_kept, tell_planned, tell_waiting
from usce.rights.permissions import can_cancel_erasure, can_plan_erasure
from usce.rights.personal import end_sessions, tombstone_of
from usce.rights.portability import holds_of, parts
from usce.rights.queries import due_erasures, open_erasure

log = structlog.get_logger()
DAYS = 14
LONGEST_WAIT = timedelta(days=DAYS)
MOST_AT_ONCE = 100


class AlreadyPlanned(Refused):
    def __init__(self) -> None:
        super().__init__("This account is going to be deleted already.")


class NothingPlanned(Refused):
    def __init__(self) -> None:
        super().__init__("There is no deletion that could be taken back.")


def plan_erasure(
    person: User, *, actor: Actor, now: datetime, cause: str = ErasureCause.ASKED
) -> Erasure:
    """Announce the erasure for two weeks from now; until then the person may take it back.

    Somebody under 18 cannot sign in any more from now on.
    """
    require(can_plan_erasure(actor, person), "Staff roles have to be given up first.")
    with transaction.atomic():
        fresh = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if open_erasure(fresh):
            raise AlreadyPlanned
        erasure = Erasure.objects.create(
            user=fresh, cause=cause, asked_at=now, planned_for=now + LONGEST_WAIT
        )
        record("rights.erasure.planned", erasure, actor=actor, now=now, reason=str(cause))
        tell_planned(erasure, now=now)
        if cause == ErasureCause.UNDER_18:
            _close(fresh, actor=actor, now=now)
    return erasure


def cancel_erasure(person: User, *, actor: Actor, now: datetime) -> None:
    """The account stays; what a closed account was closed for is staff's to look at again."""
    require(can_cancel_erasure(actor, person))
    with transaction.atomic():
        fresh = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        erasure = open_erasure(fresh)
        if erasure is None or erasure.begun_at is not None:
            raise NothingPlanned
        Erasure.objects.filter(pk=erasure.pk).update(canceled_at=now)
        record("rights.erasure.canceled", erasure, actor=actor, now=now)
        if not fresh.is_active:
            User.objects.filter(pk=fresh.pk).update(is_active=True)
            record("accounts.user.opened", fresh, actor=actor, now=now)
        tell_kept(erasure, now=now)


def erase_due(now: datetime) -> int:
    """Queue what has come due, also what waited for something: it is looked at again each day."""
    due = list(due_erasures(now)[:MOST_AT_ONCE])
    for erasure in due:
        enqueue("rights.erase", unique_key=erasure.public_id, erasure_id=erasure.pk)
    return len(due)


def erase_person(erasure: Erasure, *, now: datetime) -> bool:
    """Erase, or say why not yet. Killed anywhere and run again, it ends the same."""
    if not _begin(erasure, now):
        return False
    person = User.objects.get(pk=erasure.user_id)
    for part in reversed(parts()):
        part.erase(person, now)
        reach(f"erase.step.{part.name}")
    for part in reversed(parts()):
        for held in part.holdings:
            with transaction.atomic():
                held.erase(person)
        reach(f"erase.rows.{part.name}")
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(email=tombstone_of(person))
        if Erasure.objects.filter(pk=erasure.pk, done_at__isnull=True).update(done_at=now):
            record("rights.erasure.done", erasure, actor=person, now=now)
    log.info("person_erased", erasure=erasure.pk)
    return True


def _begin(erasure: Erasure, now: datetime) -> bool:
    """Whether it goes on: nothing holds it, and from this moment nobody can sign in.

    What is live is let go of before, in her name; then, under the lock that every sign-in and
    every step of hers would meet, it is looked once more whether anything holds.
    """
    erasure.refresh_from_db()
    if erasure.canceled_at or erasure.done_at or erasure.planned_for > now:
        return False
    if erasure.begun_at:
        return True
    person = erasure.user
    if _is_held(erasure, now):
        return False
    for part in reversed(parts()):
        part.let_go(person, now)
    with transaction.atomic():
        fresh = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        erasure.refresh_from_db()
        if erasure.canceled_at or _is_held(erasure, now):
            return False
        tell_done(erasure, now=now)
        Erasure.objects.filter(pk=erasure.pk).update(begun_at=now)
        record("rights.erasure.begun", erasure, actor=person, now=now)
        _close(fresh, actor=person, now=now)
    reach("erase.begun")
    return True


def _is_held(erasure: Erasure, now: datetime) -> bool:
    reasons = holds_of(erasure.user, now)
    if reasons:
        tell_waiting(erasure, reasons, now=now)
    return bool(reasons)


def _close(person: User, *, actor: Actor, now: datetime) -> None:
    """Nobody signs in any more, and whoever is signed in is not."""
    if person.is_active:
        person.is_active = False
        person.save(update_fields=["is_active"])
        record("accounts.user.closed", person, actor=actor, now=now)
    end_sessions(person)
