from django.db import models

from usce.states import Table


class OfferState(models.TextChoices):
    LIVE = "live"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class HoldState(models.TextChoices):
    LIVE = "live"
    USED = "used"
    EXPIRED = "expired"
    RELEASED = "released"


class BookingState(models.TextChoices):
    HELD = "held"
    CONFIRMED = "confirmed"
    CANCELED = "canceled"


OFFER: Table = {
    OfferState.LIVE: frozenset(
        {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.EXPIRED}
    ),
    OfferState.ACCEPTED: frozenset({OfferState.LIVE, OfferState.EXPIRED}),
    OfferState.DECLINED: frozenset(),
    OfferState.WITHDRAWN: frozenset(),
    OfferState.EXPIRED: frozenset(),
}

HOLD: Table = {
    HoldState.LIVE: frozenset({HoldState.USED, HoldState.EXPIRED, HoldState.RELEASED}),
    HoldState.USED: frozenset(),
    HoldState.EXPIRED: frozenset(),
    HoldState.RELEASED: frozenset(),
}

BOOKING: Table = {
    BookingState.HELD: frozenset({BookingState.CONFIRMED, BookingState.CANCELED}),
    BookingState.CONFIRMED: frozenset(),
    BookingState.CANCELED: frozenset(),
}

LIVE = (BookingState.HELD, BookingState.CONFIRMED)
