"""Once a week each preceptor is asked to confirm; the team hears of what stayed open."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from rotations.placements.models import Day, Placement
from rotations.placements.notifications import ask_preceptor, remind_team
from rotations.placements.queries import all_waiting, zone_of
from rotations.placements.rules import FRIDAY, week_to_ask, week_to_remind

SUNDAY = 6


def ask_hosts(now: datetime) -> None:
    """From Friday afternoon on at the site; whatever the hour at which we come to it, once."""
    waiting = all_waiting(now)
    by_preceptor: dict[int, list[Placement]] = defaultdict(list)
    by_provider: dict[int, list[Placement]] = defaultdict(list)
    for placement in waiting:
        by_preceptor[placement.booking.offer.preceptor_id].append(placement)
        by_provider[placement.booking.application.rotation.provider_id].append(placement)
    for found in by_preceptor.values():
        _ask(found, now)
    for found in by_provider.values():
        _remind(found, now)


def _ask(found: list[Placement], now: datetime) -> None:
    week = week_to_ask(now, zone_of(found[0]))
    days = _until(found, week + timedelta(days=FRIDAY))
    if days:
        with transaction.atomic():
            ask_preceptor(found[0].booking.offer.preceptor, week, days, now=now)


def _remind(found: list[Placement], now: datetime) -> None:
    week = week_to_remind(now, zone_of(found[0]))
    days = _until(found, week + timedelta(days=SUNDAY))
    if days:
        with transaction.atomic():
            remind_team(found[0].booking.application.rotation.provider, week, days, now=now)


def _until(found: Iterable[Placement], last_on: date) -> list[Day]:
    return [day for one in found for day in one.open_days if day.day_on <= last_on]  # type: ignore[attr-defined]
