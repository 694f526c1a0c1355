"""The writer answers by the mailed link: no account, and nothing happens by opening it.

Each step names the state that the page showed, so that of two who answer at once the second is
told, and undoes nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from applicants.documents.actions.keeping import end_uses
from rotations.letters.actions.errors import ChangedMeanwhile, NotOpen
from rotations.letters.models import Ask, Letter, Quiet
from rotations.letters.notifications import tell_accepted, tell_declined, tell_submitted
from rotations.letters.permissions import can_answer_by_link
from rotations.letters.queries import quiet_of
from rotations.letters.states import OPEN, LetterState
from usce.audit.actions import record
from usce.permissions import SYSTEM, require
from usce.states import lock, transition
from usce.text import clean_line, clean_text


@dataclass(frozen=True)
class Another:
    """Who might write instead, as the writer suggests; the learner reads it."""

    name: str = ""
    email: str = ""


def accept_letter(
    letter: Letter, *, was: str, can_do: Collection[str], note: str, now: datetime
) -> Letter:
    """The writer can write a strong letter, and says what of the asks can be done."""
    require(can_answer_by_link(letter))
    with transaction.atomic():
        _as_shown(letter, was)
        transition(
            letter,
            LetterState.ACCEPTED,
            actor=SYSTEM,
            now=now,
            answered_at=now,
            can_do=[ask for ask in Ask if ask in can_do and ask in letter.asks],
            private_words=clean_text(note),
        )
        tell_accepted(letter, now=now)
    return letter


def decline_letter(
    letter: Letter, *, was: str, why: str, another: Another, now: datetime
) -> Letter:
    """Also after having accepted. Why stays with the writer; whom he suggests the learner reads."""
    require(can_answer_by_link(letter))
    with transaction.atomic():
        _as_shown(letter, was)
        transition(
            letter,
            LetterState.DECLINED,
            actor=SYSTEM,
            now=now,
            answered_at=letter.answered_at or now,
            ended_at=now,
            private_words=clean_text(why),
            suggested_name=clean_line(another.name),
            suggested_email=another.email.strip().lower(),
        )
        end_uses(by=letter, on=now.date())
        tell_declined(letter, now=now)
    return letter


def say_submitted(letter: Letter, *, was: str, now: datetime) -> Letter:
    """The writer says that the letter was uploaded, where only the writer can upload it."""
    require(can_answer_by_link(letter))
    with transaction.atomic():
        _as_shown(letter, was)
        transition(letter, LetterState.SUBMITTED, actor=SYSTEM, now=now, submitted_at=now)
        end_uses(by=letter, on=now.date())
        tell_submitted(letter, now=now)
    return letter


def stop_mails(letter: Letter, *, now: datetime) -> None:
    """No more mails about letters to this writer, for any learner; what was accepted stays so."""
    require(can_answer_by_link(letter))
    with transaction.atomic():
        lock(letter)
        if quiet_of(letter.preceptor, letter.writer_email) is None:
            email = "" if letter.preceptor else letter.writer_email.lower()
            made = Quiet.objects.create(preceptor=letter.preceptor, email=email, since_at=now)
            record("letters.quiet.began", made, actor=SYSTEM, now=now)


def resume_mails(letter: Letter, *, now: datetime) -> None:
    require(can_answer_by_link(letter))
    with transaction.atomic():
        found = quiet_of(letter.preceptor, letter.writer_email)
        if found is not None:
            record("letters.quiet.ended", found, actor=SYSTEM, now=now)
            found.delete()


def _as_shown(letter: Letter, was: str) -> None:
    """Lock the request; refused when it is no longer as the page showed it."""
    lock(letter)
    if letter.state not in OPEN:
        raise NotOpen("This request has ended or is answered; nothing is left to do here.")
    if letter.state != was:
        raise ChangedMeanwhile
