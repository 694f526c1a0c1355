"""Staff keep data that somebody else has a right to: a dispute, an inquiry, a court's order."""

from datetime import date, datetime, timedelta

from django.db import transaction

from usce.accounts.models import User
from usce.audit.actions import record
from usce.errors import Refused
from usce.permissions import Actor, require
from usce.rights.models import LegalHold
from usce.rights.permissions import can_hold
from usce.text import clean_line

LONGEST = timedelta(days=366)


class BadHold(Refused):
    """It has no reason, or no end that can be; the message says which."""


def place_hold(
    person: User, *, reason: str, ends_on: date, actor: User, now: datetime
) -> LegalHold:
    """The person reads the reason. At most a year at a time, so that somebody looks again."""
    require(can_hold(actor))
    sentence = clean_line(reason)[:200]
    if not sentence:
        raise BadHold("Say why: the person reads this sentence.")
    if not now.date() <= ends_on <= now.date() + LONGEST:
        raise BadHold("A hold ends within a year from today. It can be placed again.")
    with transaction.atomic():
        hold = LegalHold.objects.create(
            user=person, reason=sentence, placed_by=actor, placed_at=now, ends_on=ends_on
        )
        changes = {"user": (None, person.pk), "ends_on": (None, ends_on)}
        record("rights.hold.placed", hold, actor=actor, now=now, changes=changes)
    return hold


def lift_hold(hold: LegalHold, *, actor: Actor, now: datetime) -> None:
    """Let go before its end; again changes nothing."""
    require(can_hold(actor))
    with transaction.atomic():
        rows = LegalHold.objects.filter(pk=hold.pk, lifted_at__isnull=True)
        if rows.update(lifted_at=now, lifted_by=actor):
            record("rights.hold.lifted", hold, actor=actor, now=now)
