"""What the pages about letters show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rotations.applications.pages import tabs_of
from rotations.applications.queries import name_of
from rotations.bookings.states import BOOKED
from rotations.letters.forms import AskForm, ShareForm
from rotations.letters.models import Ask, Letter, Share
from rotations.letters.queries import (
    aamc_id_of,
    days_with,
    letters_of,
    quiet_of,
    seasons,
    sharable,
    views_of,
    writers_for,
)
from rotations.letters.rules import asking_from, may_ask_on, propose_due
from rotations.letters.states import ENDED, OPEN, LetterState
from rotations.placements.models import Placement
from rotations.placements.queries import zone_of
from rotations.placements.rules import day_at
from usce.accounts.models import User
from usce.files.queries import pages_of
from usce.ui.dates import moment

SHOWN_VIEWS = 7


@dataclass(frozen=True)
class Step:
    """As the timeline shows it."""

    title: str
    when: str = ""
    note: str = ""
    state: str = "done"


def tab_page(placement: Placement, now: datetime) -> dict[str, Any]:
    """All requests of one rotation, and from when on one can ask."""
    today = day_at(now, zone_of(placement))
    application = placement.booking.application
    letters = list(letters_of(placement))
    return {
        "placement": placement,
        "booking": placement.booking,
        "rotation": application.rotation,
        "application": application,
        "tabs": tabs_of(application, "letter"),
        "letters": letters,
        "look_for": next((one for one in letters if one.state == LetterState.SUBMITTED), None),
        "may_ask": may_ask_on(today, placement.booking.ends_on),
        "asks_from": asking_from(placement.booking.ends_on),
    }


def ask_page(
    placement: Placement, user: User, now: datetime, *, data: Any, like: Letter | None
) -> dict[str, Any]:
    today = day_at(now, zone_of(placement))
    known = seasons(now)
    proposal = propose_due(today, placement.booking.ends_on, known)
    form = AskForm(
        data,
        writers=writers_for(placement),
        shares=sharable(user),
        proposal=proposal,
        like=like,
    )
    application = placement.booking.application
    return {
        "placement": placement,
        "application": application,
        "tabs": tabs_of(application, "letter"),
        "form": form,
        "proposal": proposal,
        "has_seasons": bool(known),
        "like": like,
    }


def letter_page(letter: Letter, form: ShareForm | None = None) -> dict[str, Any]:
    """One request as its learner sees it; nothing of what the writer keeps private."""
    zone = zone_of(letter.placement)
    application = letter.placement.booking.application
    is_open = letter.state in OPEN
    is_booked = letter.placement.booking.state in BOOKED
    return {
        "letter": letter,
        "placement": letter.placement,
        "application": application,
        "tabs": tabs_of(application, "letter") if is_booked else [],
        "is_booked": is_booked,
        "zone": zone,
        "steps": _steps(letter, zone),
        "asks": [(Ask(one).label, one in letter.can_do) for one in letter.asks],
        "is_open": is_open,
        "is_ended": letter.state in ENDED,
        "can_ask_another": is_booked and _wants_another(letter),
        "views": list(views_of(letter)[:SHOWN_VIEWS]),
        "form": (form or ShareForm(letter=letter, shares=sharable(letter.learner)))
        if is_open
        else None,
    }


def door_page(letter: Letter) -> dict[str, Any]:
    """What the writer sees: before the answer dates, asks and words; the papers once accepted."""
    is_accepted = letter.state == LetterState.ACCEPTED
    is_open = letter.state in OPEN
    booking = letter.placement.booking
    shares = set(letter.shares)
    shows_cv = is_accepted and Share.CV in shares and letter.cv is not None
    return {
        "letter": letter,
        "learner": name_of(letter.learner),
        "booking": booking,
        "rotation": booking.application.rotation,
        "is_open": is_open,
        "days": days_with(letter) if is_open and Share.DAYS in shares else None,
        "asks": [Ask(one).label for one in letter.asks],
        "aamc_id": aamc_id_of(letter.learner) if is_accepted and Share.AAMC_ID in shares else "",
        "pages": pages_of(letter.cv.blob) if shows_cv and letter.cv else [],
        "is_quiet": quiet_of(letter.preceptor, letter.writer_email) is not None,
    }


def _wants_another(letter: Letter) -> bool:
    return letter.state in ENDED or letter.silence_told_at is not None


def _steps(letter: Letter, zone: str) -> list[Step]:
    steps = [Step("Asked", moment(letter.asked_at, zone))]
    if letter.state == LetterState.DECLINED and letter.answered_at:
        return [*steps, Step("Declined", moment(letter.ended_at or letter.answered_at, zone))]
    if letter.answered_at:
        steps.append(Step("Accepted", moment(letter.answered_at, zone)))
    if letter.ended_at:
        return [*steps, Step(str(letter.state).capitalize(), moment(letter.ended_at, zone))]
    return [*steps, *_ahead(letter, zone)]


def _ahead(letter: Letter, zone: str) -> list[Step]:
    """What is still to come, the next of it marked."""
    told = [
        ("Accepted", letter.answered_at),
        ("Submitted, as the writer says", letter.submitted_at),
        (f"Seen in {letter.service.seen_in}, as you say", letter.confirmed_at),
    ]
    if letter.answered_at:
        told = told[1:]
    steps, marks = [], iter(("current", "next", "next"))
    for title, at in told:
        state = "done" if at else next(marks)
        steps.append(Step(title, moment(at, zone) if at else "", state=state))
    return steps
