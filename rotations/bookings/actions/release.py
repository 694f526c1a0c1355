"""Give back the seats of holds whose time is over unpaid."""

from datetime import datetime
from typing import Any

import structlog
from django.db import OperationalError, transaction

from payments.actions.invoices import void_invoice
from payments.actions.refunds import refund_invoices
from payments.queries import gone_cents, paid_cents
from rotations.applications.actions import mark_ended, mark_offered
from rotations.applications.states import ApplicationState
from rotations.bookings import notifications
from rotations.bookings.actions.coupons import give_back_reductions
from rotations.bookings.actions.offers import tell_ended
from rotations.bookings.actions.seats import give_back_seat, lock_seat
from rotations.bookings.models import Booking, Hold
from rotations.bookings.queries import due_holds, hold_ends_at, offer_ends_at
from rotations.bookings.states import BookingState, HoldState, OfferState
from usce.crashpoints import reach
from usce.permissions import SYSTEM
from usce.states import lock, transition

log = structlog.get_logger()
LAPSED = "hold_lapsed"


def release_expired_holds(now: datetime) -> int:
    """How many seats were given back. A hold locked by somebody else waits for the next time."""
    released = 0
    for hold in due_holds(now):
        if hold_ends_at(hold, now) > now:
            continue  # the clock stood still during an outage
        try:
            released += _release(hold, now)
        except OperationalError:
            log.warning("hold_not_released", hold=hold.pk, exc_info=True)
    return released


def _release(hold: Hold, now: datetime) -> bool:
    """In the lock order: preceptor weeks, opening, application, booking, invoice.

    `void_invoice` decides between the two ends: once it says no, the money is here and the
    confirmation finishes this booking.
    """
    booking = hold.booking
    offer = booking.offer
    with transaction.atomic():
        lock_seat(offer)
        lock(offer.application)
        lock(booking)
        if lock(hold).state != HoldState.LIVE:
            return False
        if not void_invoice(booking.deposit_invoice, actor=SYSTEM, now=now, reason=LAPSED):
            return False
        _give_back_part(booking, now)
        give_back_reductions(booking, now=now)
        give_back_seat(offer)
        transition(hold, HoldState.EXPIRED, actor=SYSTEM, now=now)
        transition(booking, BookingState.CANCELED, actor=SYSTEM, now=now, cancel_reason=LAPSED)
        _back_to_the_offer(booking, now)
        reach("release.before_commit")
    return True


def _give_back_part(booking: Booking, now: datetime) -> None:
    """What the person had paid of the deposit with credit is hers again."""
    deposit = booking.deposit_invoice
    if part := paid_cents(deposit) - gone_cents(deposit):
        refund_invoices([deposit], part, reason=LAPSED, actor=SYSTEM, now=now)


def _back_to_the_offer(booking: Booking, now: datetime) -> None:
    """While the offer stands it can be accepted again; otherwise it ends here."""
    offer = booking.offer
    until = offer_ends_at(offer, now)
    stands = until > now
    transition(offer, OfferState.LIVE if stands else OfferState.EXPIRED, actor=SYSTEM, now=now)
    facts: dict[str, Any] = {"stands": stands, "until_at": until.isoformat()}
    if stands:
        mark_offered(offer.application, until=until, actor=SYSTEM, now=now)
    else:
        ended = ApplicationState.EXPIRED
        mark_ended(offer.application, ended, reason="", actor=SYSTEM, now=now)
        tell_ended(offer, now)
    notifications.tell_applicant(
        notifications.HOLD_LAPSED,
        offer,
        path=notifications.offer_path(offer),
        key=str(booking.pk),
        now=now,
        **facts,
    )
    notifications.tell_provider(
        notifications.FELL_THROUGH, offer, key=str(booking.pk), now=now, **facts
    )
