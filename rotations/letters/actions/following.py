"""The calendar: reminders, silence, and the end of what nobody followed up. Safe to repeat."""

from datetime import datetime

from django.db import transaction

from applicants.documents.actions.keeping import end_uses
from rotations.letters.doors import close_doors
from rotations.letters.models import Letter
from rotations.letters.notifications import (
    remind_team,
    remind_writer,
    tell_lapsed,
    tell_silence,
)
from rotations.letters.queries import quiet_of
from rotations.letters.rules import REMINDED_AT, last_day_of, next_reminder, steps_due
from rotations.letters.states import OPEN, LetterState
from rotations.placements.queries import zone_of
from rotations.placements.rules import after_day, at_site, day_at
from usce.jobs.outages import effective_deadline
from usce.permissions import SYSTEM
from usce.states import lock, transition


def remind_of_letter(letter: Letter, *, now: datetime) -> None:
    """What is due by now, each once: the day that was reminded moves on in the same transaction.

    Who comes late sends the last reminder of those that were missed, not all of them.
    """
    with transaction.atomic():
        lock(letter)
        zone, first = zone_of(letter.placement), letter.remind_on
        today = day_at(now, zone)
        if first is None or first > today or now < at_site(first, REMINDED_AT, zone):
            return
        if letter.state not in OPEN or letter.has_moved:
            return
        steps = steps_due(letter.due_on, first, today)
        letter.remind_on = next_reminder(letter.due_on, today)
        letter.save(update_fields=["remind_on"])
        if steps.writer is not None and quiet_of(letter.preceptor, letter.writer_email) is None:
            remind_writer(letter, steps.writer, now=now)
        if steps.team is not None and letter.preceptor is not None:
            remind_team(letter, letter.preceptor.provider, steps.team, now=now)


def tell_of_silence(letter: Letter, *, now: datetime) -> None:
    """Ten days without an answer: the learner hears it once, and can ask somebody else."""
    with transaction.atomic():
        lock(letter)
        if letter.state == LetterState.REQUESTED and letter.silence_told_at is None:
            letter.silence_told_at = now
            letter.save(update_fields=["silence_told_at"])
            tell_silence(letter, now=now)


def let_lapse(letter: Letter, *, now: datetime) -> None:
    """End a request past its last day, or whose writer cannot be reached at that address."""
    with transaction.atomic():
        lock(letter)
        if letter.state not in OPEN or not (letter.has_moved or _is_outlived(letter, now)):
            return
        has_moved = letter.has_moved
        transition(letter, LetterState.EXPIRED, actor=SYSTEM, now=now, ended_at=now)
        end_uses(by=letter, on=now.date())
        close_doors(letter, now=now)
        tell_lapsed(letter, has_moved=has_moved, now=now)


def _is_outlived(letter: Letter, now: datetime) -> bool:
    is_answered = letter.state == LetterState.ACCEPTED
    last_on = last_day_of(letter.due_on, is_answered=is_answered)
    until = after_day(last_on, zone_of(letter.placement))
    return now >= effective_deadline(until, set_at=letter.asked_at, now=now)
