"""The booking's state follows the calendar and the confirmed days; what they earn is released."""

from datetime import datetime, timedelta

from django.db import transaction

from payments.actions.transfers import release_tranche
from rotations.bookings.actions import advance_booking
from rotations.bookings.quotes import begins_at
from rotations.bookings.states import BOOKED, BookingState
from rotations.placements.models import Placement
from rotations.placements.permissions import can_release_despite
from rotations.placements.queries import last_day, tally, zone_of
from rotations.placements.rules import (
    PREPARES,
    SETTLE_DAYS,
    after_day,
    day_at,
)
from rotations.placements.tally import Tally, tranches_earned
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.jobs.outages import effective_deadline
from usce.permissions import SYSTEM, Actor, require
from usce.reference.rules import business_deadline
from usce.states import lock

UNSETTLED, SHORT = "placements.unsettled", "placements.short_attendance"
STAFF_DAYS = 2
TRANCHES = ("first_day", "half", "end")


def advance(placement: Placement, *, now: datetime) -> None:
    """Bring the booking to where the calendar and its days say it is; safe to repeat."""
    with transaction.atomic():
        lock(placement.booking)
        catch_up(placement, now=now)


def catch_up(placement: Placement, *, now: datetime) -> None:
    """As `advance`, for whoever holds the booking's lock: every step that is due, in its order."""
    booking = placement.booking
    today = day_at(now, zone_of(placement))
    if booking.state == BookingState.CONFIRMED and today >= booking.starts_on - PREPARES:
        advance_booking(booking, BookingState.ONBOARDING, actor=SYSTEM, now=now)
    if booking.state == BookingState.ONBOARDING and now >= begins_at(booking):
        advance_booking(booking, BookingState.ACTIVE, actor=SYSTEM, now=now)
    if booking.state == BookingState.ACTIVE and _is_over(placement, now):
        _complete(placement, tally(placement), now)


def release_earned(placement: Placement, *, now: datetime) -> int:
    """Tell payments what attendance has earned by now; how many tranches went out. Repeatable."""
    booking = placement.booking
    if booking.state not in BOOKED:
        return 0
    is_over = booking.state == BookingState.COMPLETED
    earned = tranches_earned(tally(placement), is_over=is_over)
    return sum(release_tranche(booking, tranche, actor=SYSTEM, now=now) for tranche in earned)


def release_despite(placement: Placement, *, actor: Actor, now: datetime) -> int:
    """Finance decides that the provider gets all of it, though attendance does not say so."""
    require(can_release_despite(actor))
    booking = placement.booking
    with transaction.atomic():
        lock(booking)
        record("placements.placement.released", placement, actor=actor, now=now)
        settle_case(SHORT, placement, decision="released", note="", actor=actor, now=now)
        return sum(release_tranche(booking, part, actor=actor, now=now) for part in TRANCHES)


def note_settled(placement: Placement, *, now: datetime) -> None:
    """After days were settled, under the booking's lock: staff need not ask, money may go."""
    catch_up(placement, now=now)
    count = tally(placement)
    if count.is_settled:
        done = "settled"
        settle_case(UNSETTLED, placement, decision=done, note="", actor=SYSTEM, now=now)
        if placement.booking.state == BookingState.COMPLETED:
            _ask_about_short(placement, count, now)
    release_earned(placement, now=now)


def _is_over(placement: Placement, now: datetime) -> bool:
    """The last day has ended, and nothing is open; or it has stayed open for two weeks."""
    last_on, zone = last_day(placement), zone_of(placement)
    ended_at = after_day(last_on, zone)
    if now < ended_at:
        return False
    waits_until = after_day(last_on + timedelta(days=SETTLE_DAYS), zone)
    return tally(placement).is_settled or now >= effective_deadline(
        waits_until, set_at=ended_at, now=now
    )


def _complete(placement: Placement, count: Tally, now: datetime) -> None:
    advance_booking(placement.booking, BookingState.COMPLETED, actor=SYSTEM, now=now)
    if not count.is_settled:
        words = f"{count.planned} of {count.counted} days were never confirmed"
        _ask(UNSETTLED, Queue.TRUST, placement, words, now)
    else:
        _ask_about_short(placement, count, now)
    release_earned(placement, now=now)


def _ask_about_short(placement: Placement, count: Tally, now: datetime) -> None:
    if not count.is_half:
        words = f"{count.confirmed} of {count.counted} days confirmed"
        _ask(SHORT, Queue.FINANCE, placement, words, now)


def _ask(kind: str, queue: Queue, placement: Placement, words: str, now: datetime) -> None:
    open_case(
        kind,
        placement,
        title=f"{placement.booking.application.reference}: {words}",
        queue=queue,
        due_at=business_deadline(now, STAFF_DAYS, zone_of(placement)),
        actor=SYSTEM,
        now=now,
    )
