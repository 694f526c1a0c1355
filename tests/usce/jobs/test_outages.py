import datetime as dt

import pytest

from usce.jobs.models import Heartbeat, Outage
from usce.jobs.outages import beat, effective_deadline

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


def test_beat_within_five_minutes_is_no_outage(db: None, now: dt.datetime) -> None:
    assert beat(now) is None
    assert beat(now + 5 * MINUTE) is None
    assert Outage.objects.count() == 0


def test_beat_after_a_silence_writes_the_outage(db: None, now: dt.datetime) -> None:
    beat(now)
    outage = beat(now + 6 * MINUTE)
    assert outage is not None
    assert (outage.began_at, outage.ended_at) == (now, now + 6 * MINUTE)


def test_beat_out_of_order_changes_nothing(db: None, now: dt.datetime) -> None:
    beat(now)
    beat(now - HOUR)
    assert Heartbeat.objects.get().beat_at == now


@pytest.mark.parametrize(
    ("stretches", "moved_hours"),
    [
        ([], 0),
        ([(1, 2)], 1),
        ([(1, 2), (1.5, 3)], 2),
        ([(-2, 1)], 1),
        ([(9, 11)], 2),
        ([(9, 11), (11.5, 12)], 2.5),
        ([(10, 12)], 0),
        ([(20, 30)], 0),
    ],
)
def test_deadline_moves_by_what_overlaps_it(
    db: None, now: dt.datetime, stretches: list[tuple[float, float]], moved_hours: float
) -> None:
    """Set at hour 0, due at hour 10; stretches in hours from the start."""
    for began, ended in stretches:
        Outage.objects.create(began_at=now + began * HOUR, ended_at=now + ended * HOUR, reason="t")
    moved = effective_deadline(now + 10 * HOUR, set_at=now, now=now)
    assert moved - (now + 10 * HOUR) == moved_hours * HOUR


def test_silence_that_still_lasts_counts(db: None, now: dt.datetime) -> None:
    Heartbeat.objects.create(name="worker", beat_at=now + HOUR)
    moved = effective_deadline(now + 2 * HOUR, set_at=now, now=now + 3 * HOUR)
    assert moved == now + 4 * HOUR
