"""A confirmed booking gets its days: once, whoever comes first."""

from datetime import datetime

from django.db import transaction

from rotations.bookings.models import Booking
from rotations.bookings.states import SEATED
from rotations.placements.actions.progress import catch_up
from rotations.placements.models import Day, Placement
from rotations.placements.permissions import can_plan_days
from rotations.placements.queries import placement_by_id
from rotations.placements.rules import minutes_a_day, rotation_days
from usce.audit.actions import record
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock


def plan_days(booking: Booking, *, actor: Actor, now: datetime) -> Placement | None:
    """The days of the booking's dates; None for a booking that is not confirmed (any more)."""
    require(can_plan_days(actor))
    with transaction.atomic():
        if lock(booking).state not in SEATED:
            return None
        known = Placement.objects.filter(booking=booking).first()
        if known is not None:
            return placement_by_id(known.pk)
        made = Placement.objects.create(booking=booking, planned_at=now)
        minutes = minutes_a_day(booking.opening.rotation.hours_per_week)
        days = rotation_days(booking.starts_on, booking.ends_on)
        Day.objects.bulk_create(
            Day(placement=made, day_on=day, planned_minutes=minutes) for day in days
        )
        changes = {"days": (None, len(days))}
        record("placements.placement.planned", made, actor=actor, now=now, changes=changes)
        placement = placement_by_id(made.pk)
        catch_up(placement, now=now)
    return placement


def plan_booking(booking_id: int, *, now: datetime) -> Placement | None:
    booking = Booking.objects.select_related("opening__rotation").get(pk=booking_id)
    return plan_days(booking, actor=SYSTEM, now=now)
