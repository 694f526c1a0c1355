from datetime import timedelta

from django.utils import timezone

from rotations.placements import actions
from rotations.placements.queries import (
    due_placements,
    owed_placements,
    placement_by_id,
    unplanned_bookings,
)
from usce.jobs.registry import job


@job("placements.plan_booking")
def plan_booking(booking_id: int) -> None:
    actions.plan_booking(booking_id, now=timezone.now())


@job("placements.sweep_unplanned", every=timedelta(minutes=5))
def sweep_unplanned() -> None:
    """A lost signal loses nothing: the rows say what was confirmed."""
    for booking_id in unplanned_bookings():
        actions.plan_booking(booking_id, now=timezone.now())


@job("placements.advance", every=timedelta(minutes=10))
def advance() -> None:
    now = timezone.now()
    for pk in due_placements(now.date()):
        actions.advance(placement_by_id(pk), now=now)


@job("placements.release_earned", every=timedelta(hours=6))
def release_earned() -> None:
    """Also what was paid, and so planned, after the days were confirmed."""
    now = timezone.now()
    for pk in owed_placements():
        actions.release_earned(placement_by_id(pk), now=now)


@job("placements.ask_hosts", every=timedelta(hours=1))
def ask_hosts() -> None:
    actions.ask_hosts(timezone.now())
