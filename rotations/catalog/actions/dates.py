"""Further dates of a listing, a block after the other, and their seats."""

from datetime import date, datetime, timedelta

from django.db import transaction

from rotations.catalog.actions.errors import BadOpening
from rotations.catalog.actions.publishing import add_opening
from rotations.catalog.models import Opening, Rotation
from rotations.catalog.permissions import can_add_opening, can_change_opening
from rotations.catalog.rules import MOST_BLOCKS, MOST_SEATS, blocks_from
from rotations.catalog.states import OpeningState
from usce.audit.actions import record
from usce.permissions import Actor, require
from usce.states import lock, transition

LATEST = timedelta(days=730)


def add_blocks(
    rotation: Rotation, *, first_on: date, blocks: int, seats: int, actor: Actor, now: datetime
) -> list[Opening]:
    """All of them or none: each from a Monday to a Friday, the next on the Monday after."""
    require(can_add_opening(actor, rotation))
    if first_on.weekday():
        raise BadOpening("A block begins on a Monday.")
    if not 1 <= blocks <= MOST_BLOCKS or not 1 <= seats <= MOST_SEATS:
        raise BadOpening(f"Add 1 to {MOST_BLOCKS} blocks with 1 to {MOST_SEATS} seats at a time.")
    days = blocks_from(first_on, weeks=rotation.weeks, blocks=blocks)
    if days[-1][0] > now.date() + LATEST:
        raise BadOpening("Dates can be offered for the next two years.")
    with transaction.atomic():
        return [
            add_opening(
                rotation, starts_on=starts_on, ends_on=ends_on, seats=seats, actor=actor, now=now
            )
            for starts_on, ends_on in days
        ]


def change_seats(opening: Opening, seats: int, *, actor: Actor, now: datetime) -> Opening:
    """More or fewer seats, never fewer than are taken."""
    require(can_change_opening(actor, opening))
    with transaction.atomic():
        lock(opening)
        if opening.state == OpeningState.CANCELED:
            raise BadOpening("These dates are canceled.")
        if not 1 <= seats <= MOST_SEATS:
            raise BadOpening(f"An opening has 1 to {MOST_SEATS} seats.")
        if seats < opening.taken:
            raise BadOpening(f"{opening.taken} seats are taken; there cannot be fewer.")
        changes = {"seats": (opening.seats, seats)}
        opening.seats = seats
        opening.save(update_fields=["seats"])
        record("catalog.opening.seats_changed", opening, actor=actor, now=now, changes=changes)
    return opening


def reopen_opening(opening: Opening, *, actor: Actor, now: datetime) -> Opening:
    """Offer the seats that are left again."""
    require(can_change_opening(actor, opening))
    return transition(opening, OpeningState.OPEN, actor=actor, now=now)
