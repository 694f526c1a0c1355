"""What the learner does with her own request."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from applicants.documents.actions.keeping import end_uses, use
from rotations.letters.actions.errors import NotOpen
from rotations.letters.doors import close_doors
from rotations.letters.models import Letter, Share
from rotations.letters.notifications import tell_withdrawn
from rotations.letters.permissions import can_keep_letter
from rotations.letters.queries import sharable, sharable_cv
from rotations.letters.states import OPEN, LetterState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.permissions import require
from usce.states import lock, transition
from usce.text import clean_line


def share_packet(
    letter: Letter, shares: Collection[str], letter_id: str, *, actor: User, now: datetime
) -> Letter:
    """What the writer may see from now on; what is taken back is gone from the page at once."""
    require(can_keep_letter(actor, letter))
    with transaction.atomic():
        lock(letter)
        if letter.state not in OPEN:
            raise NotOpen("The packet is closed; the writer sees nothing of it any more.")
        chosen = [one for one in sharable(actor) if one in shares]
        changes = {"shares": (", ".join(letter.shares), ", ".join(chosen))}
        was, letter.shares = letter.cv, chosen
        letter.cv = sharable_cv(actor) if Share.CV in chosen else None
        letter.letter_id = clean_line(letter_id)[:20]
        letter.save(update_fields=["shares", "cv", "letter_id"])
        if letter.cv != was:
            end_uses(by=letter, on=now.date())
        if letter.cv is not None:
            use(letter.cv, by=letter, now=now)
        record("letters.letter.shared", letter, actor=actor, now=now, changes=changes)
    return letter


def withdraw_letter(letter: Letter, *, actor: User, now: datetime) -> Letter:
    """The doors close, and the writer is told that nothing is left to do."""
    require(can_keep_letter(actor, letter))
    with transaction.atomic():
        transition(letter, LetterState.WITHDRAWN, actor=actor, now=now, ended_at=now)
        end_uses(by=letter, on=now.date())
        close_doors(letter, now=now)
        tell_withdrawn(letter, now=now)
    return letter


def confirm_letter(letter: Letter, *, actor: User, now: datetime) -> Letter:
    """She sees in the application service that the letter is there."""
    require(can_keep_letter(actor, letter))
    return transition(letter, LetterState.CONFIRMED, actor=actor, now=now, confirmed_at=now)
