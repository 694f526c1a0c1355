"""The learner asks a writer for a letter: once for each writer and target at a time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from applicants.documents.actions.keeping import use
from rotations.letters.actions.errors import CannotAsk
from rotations.letters.models import Ask, Form, Letter, Share
from rotations.letters.notifications import ask_writer, remind_learner_to_ask
from rotations.letters.permissions import can_ask_letter
from rotations.letters.queries import (
    UNDER_WAY,
    is_staff_address,
    is_unreachable,
    quiet_of,
    sharable,
    sharable_cv,
    unasked,
    writers_for,
)
from rotations.letters.rules import (
    CLOSES,
    LATEST,
    SOONEST,
    asking_from,
    is_last_weeks,
    may_ask_on,
    next_reminder,
)
from rotations.placements.models import Placement
from rotations.placements.queries import zone_of
from rotations.placements.rules import day_at
from rotations.providers.models import Preceptor
from usce.accounts.models import User
from usce.audit.actions import record
from usce.limits.actions import check
from usce.permissions import require
from usce.reference.models import Specialty
from usce.states import lock
from usce.text import clean_line, clean_text
from usce.ui.dates import day

MOST_A_DAY, A_DAY = 6, timedelta(days=1)
ONE_LIVE = ("letter_one_live_of_preceptor", "letter_one_live_of_address")


@dataclass(frozen=True)
class Wish:
    """What the learner asks for. A preceptor of the team, or a name and an address."""

    target: str
    waived: bool
    signed_name: str
    due_on: date
    preceptor: Preceptor | None = None
    name: str = ""
    email: str = ""
    specialty: Specialty | None = None
    form: str = Form.NARRATIVE
    asks: tuple[str, ...] = tuple(Ask)
    shares: tuple[str, ...] = ()
    statement: str = ""
    letter_id: str = ""


def ask_for_letter(placement: Placement, wish: Wish, *, actor: User, now: datetime) -> Letter:
    """Write the request and mail the writer a door. Raises CannotAsk, TooOften."""
    require(can_ask_letter(actor, placement))
    check(f"letters:{actor.pk}", limit=MOST_A_DAY, window=A_DAY, now=now)
    _require_time(placement, wish, now)
    _require_signature(actor, wish)
    email = _address(placement, wish, actor)
    with transaction.atomic():
        lock(placement.booking)
        if placement.booking.state not in UNDER_WAY:
            raise CannotAsk("A letter is asked for once the rotation is under way.")
        letter = _made(placement, wish, email, actor, now)
        changes = {"target": (None, letter.target), "waived": (None, letter.waived)}
        record("letters.letter.requested", letter, actor=actor, now=now, changes=changes)
        if letter.cv is not None:
            use(letter.cv, by=letter, now=now)
        ask_writer(letter, now=now)
    return letter


def invite_to_ask(now: datetime) -> None:
    """Two weeks before the last day: it is time to ask; once for each rotation."""
    for placement in unasked(now):
        today = day_at(now, zone_of(placement))
        if is_last_weeks(today, placement.booking.ends_on):
            with transaction.atomic():
                remind_learner_to_ask(placement, now=now)


def _require_time(placement: Placement, wish: Wish, now: datetime) -> None:
    today, last_on = day_at(now, zone_of(placement)), placement.booking.ends_on
    if not may_ask_on(today, last_on):
        raise CannotAsk(
            f"One asks from {day(asking_from(last_on))} on, in the last two weeks, until "
            f"{CLOSES.days} days after the last day."
        )
    if not today + SOONEST <= wish.due_on <= today + LATEST:
        raise CannotAsk(
            f"A letter is due on a day from {day(today + SOONEST)} to {day(today + LATEST)}: a "
            "writer needs a week at least."
        )


def _require_signature(actor: User, wish: Wish) -> None:
    if not actor.full_name:
        raise CannotAsk("Your account has no name yet. Tell it in your profile, then sign.")
    if clean_line(wish.signed_name).casefold().split() != actor.full_name.casefold().split():
        raise CannotAsk(
            f"Type your own name as your account has it: {actor.full_name}. It signs your choice "
            "about the right to see the letter."
        )


def _address(placement: Placement, wish: Wish, actor: User) -> str:
    """Where the request goes; refused where no writer can be behind it."""
    if wish.preceptor is not None and wish.preceptor not in writers_for(placement):
        raise CannotAsk("Choose a physician of this host, or name somebody else.")
    email = (wish.preceptor.email if wish.preceptor else wish.email).strip().lower()
    if _is_of_the_house(email):
        raise CannotAsk(
            "This is an address of Rounds. We write no letters and pass none on: give the address "
            "of the physician, or of the department's office."
        )
    if email == actor.email.lower():
        raise CannotAsk("This is your own address. Give that of the physician who knows your work.")
    if quiet_of(wish.preceptor, email) is not None:
        raise CannotAsk(
            "This writer wants no mails about letters from Rounds. Ask in person or by your own "
            "mail; the application service writes to the writer itself."
        )
    if is_unreachable(email):
        raise CannotAsk("Mails to this address came back. Ask the writer for another one.")
    return email


def _is_of_the_house(email: str) -> bool:
    """Ours: of our domain, where we can be written to, or of a member of staff."""
    own = {parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower(), settings.CONTACT_EMAIL.lower()}
    domain = email.rpartition("@")[2]
    return domain == settings.SITE_HOST or email in own or is_staff_address(email)


def _made(placement: Placement, wish: Wish, email: str, actor: User, now: datetime) -> Letter:
    today = day_at(now, zone_of(placement))
    shares = [one for one in sharable(actor) if one in wish.shares]
    told: dict[str, Any] = {
        "writer_name": wish.preceptor.name if wish.preceptor else clean_line(wish.name)[:160],
        "specialty": wish.specialty,
        "form": wish.form if wish.specialty else Form.NARRATIVE,
        "signed_name": clean_line(wish.signed_name)[:180],
        "asks": [one for one in Ask if one in wish.asks],
        "statement": clean_text(wish.statement),
        "letter_id": clean_line(wish.letter_id)[:20],
        "shares": shares,
        "cv": sharable_cv(actor) if Share.CV in shares else None,
        "remind_on": next_reminder(wish.due_on, today),
    }
    try:
        with transaction.atomic():
            return Letter.objects.create(
                learner=actor,
                placement=placement,
                preceptor=wish.preceptor,
                writer_email=email,
                target=wish.target,
                waived=wish.waived,
                due_on=wish.due_on,
                asked_at=now,
                **told,
            )
    except IntegrityError as error:
        if not any(name in str(error) for name in ONE_LIVE):
            raise
        raise CannotAsk(
            "You have asked this writer for this application service already. See that request; "
            "withdraw it to ask anew."
        ) from error
