"""The control of the seat race: the same product with the seat's guard taken out.

Counts, waits a moment as a slow request would, then adds: what everybody writes first.
"""

import time
from importlib import import_module
from typing import Any

from usce.wsgi import application

__all__ = ["application"]

# Only after the line above has set Django up can the product's own modules be imported.
accept: Any = import_module("rotations.bookings.actions.accept")
errors: Any = import_module("rotations.bookings.actions.errors")
models: Any = import_module("rotations.bookings.models")


def take_seat_naively(offer: Any) -> None:
    taken = models.Booking.objects.filter(opening=offer.opening_id).count()
    if taken >= offer.opening.seats:
        raise errors.SeatTaken("The last seat on these dates has just been taken.")
    time.sleep(1)


accept.take_seat = take_seat_naively
