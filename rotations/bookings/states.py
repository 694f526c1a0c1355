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
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELED = "canceled"


class CancellationState(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class WaiverState(models.TextChoices):
    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    LAPSED = "lapsed"


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
    BookingState.CONFIRMED: frozenset({BookingState.ONBOARDING, BookingState.CANCELED}),
    BookingState.ONBOARDING: frozenset({BookingState.ACTIVE, BookingState.CANCELED}),
    BookingState.ACTIVE: frozenset({BookingState.COMPLETED, BookingState.CANCELED}),
    BookingState.COMPLETED: frozenset(),
    BookingState.CANCELED: frozenset(),
}

# Done at once by the terms, or by staff once they have seen the proof.
CANCELLATION: Table = {
    CancellationState.WAITING: frozenset(
        {CancellationState.DONE, CancellationState.DECLINED, CancellationState.WITHDRAWN}
    ),
    CancellationState.DONE: frozenset(),
    CancellationState.DECLINED: frozenset(),
    CancellationState.WITHDRAWN: frozenset(),
}

# Lapsed: the offer ended, or was accepted before an answer.
WAIVER: Table = {
    WaiverState.ASKED: frozenset({WaiverState.GRANTED, WaiverState.DECLINED, WaiverState.LAPSED}),
    WaiverState.GRANTED: frozenset({WaiverState.LAPSED}),
    WaiverState.DECLINED: frozenset(),
    WaiverState.LAPSED: frozenset(),
}

SEATED = (BookingState.CONFIRMED, BookingState.ONBOARDING, BookingState.ACTIVE)
"""The seat is the person's, and the rotation is not over."""

BOOKED = (*SEATED, BookingState.COMPLETED)

LIVE = (BookingState.HELD, *BOOKED)
"""All but what was given up."""
