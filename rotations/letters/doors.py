"""The mailed door of one request: what it opens, and its end."""

from datetime import datetime
from typing import Any

from rotations.letters.models import Letter
from rotations.letters.rules import door_days
from rotations.placements.queries import zone_of
from rotations.placements.rules import day_at
from usce.links.actions import revoke

SCOPE, SUBJECT = "letters.writer", "letters.letter"


def door_of(letter: Letter, now: datetime) -> dict[str, Any]:
    """The mail's `grant` fact: minted when it leaves, open until some weeks after the due date."""
    today = day_at(now, zone_of(letter.placement))
    return {
        "scope": SCOPE,
        "subject_type": SUBJECT,
        "subject_id": letter.pk,
        "path": "/d/letters/{token}",
        "days": door_days(today, letter.due_on),
    }


def close_doors(letter: Letter, *, now: datetime) -> None:
    revoke(SCOPE, subject_type=SUBJECT, subject_id=letter.pk, now=now)
