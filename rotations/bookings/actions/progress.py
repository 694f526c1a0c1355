"""A confirmed booking goes its way: prepared for, under way, over."""

from datetime import datetime

from rotations.bookings.models import Booking
from rotations.bookings.permissions import can_advance_booking
from usce.permissions import Actor, require
from usce.states import transition


def advance_booking(booking: Booking, to: str, *, actor: Actor, now: datetime) -> Booking:
    """The next step of the table; which one is due, the days of the rotation say."""
    require(can_advance_booking(actor))
    return transition(booking, to, actor=actor, now=now)
