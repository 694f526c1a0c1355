"""A request for a letter as a learner makes it, and the writer's door to it."""

import datetime as dt
from typing import Any

from rotations.letters.actions import Wish, ask_for_letter
from rotations.letters.doors import SCOPE, SUBJECT
from rotations.letters.models import Letter
from rotations.letters.queries import letters
from rotations.placements.models import Placement
from rotations.providers.models import Preceptor
from usce.links.actions import grant


def a_wish(placement: Placement, now: dt.datetime, **told: Any) -> Wish:
    """Of her preceptor, for ERAS, due in four weeks; what is told in its place."""
    usual = {
        "preceptor": placement.booking.offer.preceptor,
        "target": "eras",
        "waived": True,
        "signed_name": placement.booking.applicant.full_name,
        "due_on": now.date() + dt.timedelta(days=28),
    }
    return Wish(**{**usual, **told})


def a_letter(placement: Placement, now: dt.datetime, **told: Any) -> Letter:
    learner = placement.booking.applicant
    made = ask_for_letter(placement, a_wish(placement, now, **told), actor=learner, now=now)
    return letters().get(pk=made.pk)


def door_to(letter: Letter, now: dt.datetime, *, days: int = 60) -> str:
    """The token as a mail would carry it."""
    return grant(
        SCOPE,
        subject_type=SUBJECT,
        subject_id=letter.pk,
        expires_at=now + dt.timedelta(days=days),
        now=now,
    )


def move(letter: Letter, email: str) -> None:
    """The host corrects its preceptor's address."""
    assert letter.preceptor is not None
    Preceptor.objects.filter(pk=letter.preceptor.pk).update(email=email)
