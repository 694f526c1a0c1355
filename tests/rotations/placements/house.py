"""What hosts say of days, in few words."""

import datetime as dt
from collections.abc import Iterable

from rotations.placements.actions import Host, Mark, settle_days
from rotations.placements.models import Day, Placement
from rotations.placements.states import DayState
from rotations.providers.models import Preceptor

C, A, P = DayState.CONFIRMED, DayState.ABSENT, DayState.PAUSED


def marks(days: Iterable[Day], state: str = C, *, why: str = "", was: str = "") -> dict[str, Mark]:
    reason = why or ("Was ill" if state in (A, P) else "")
    return {day.public_id: Mark(state, was or day.state, why=reason) for day in days}


def link(placement: Placement) -> Host:
    return Host(preceptor=placement.booking.offer.preceptor)


def confirm(
    placement: Placement, days: Iterable[Day], now: dt.datetime, host: Host | None = None
) -> list[Day]:
    return settle_days(placement, marks(days), host=host or link(placement), now=now)


def another(placement: Placement) -> Preceptor:
    """A second preceptor of the same organization."""
    known = placement.booking.offer.preceptor
    return Preceptor.objects.create(
        provider=known.provider, name="Dr. Otto Lang", credentials="MD",
        specialty=known.specialty, email="otto@example.test",
        license_state=known.license_state, license_number="L2",
    )  # fmt: skip
