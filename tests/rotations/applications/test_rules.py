import datetime as dt

import pytest

from rotations.applications.rules import business_deadline

ZONE = "America/Chicago"


@pytest.mark.parametrize(
    ("now", "days", "day"),
    [
        ((2026, 7, 1, 12), 1, 2),  # Wednesday to Thursday
        ((2026, 7, 3, 12), 1, 6),  # Friday to Monday
        ((2026, 7, 4, 12), 1, 6),  # Saturday to Monday
        ((2026, 7, 1, 12), 5, 8),
        ((2026, 7, 2, 3), 1, 2),  # still Wednesday evening there
    ],
)
def test_deadline_is_five_in_the_afternoon_of_a_weekday(
    now: tuple[int, int, int, int], days: int, day: int
) -> None:
    due = business_deadline(dt.datetime(*now, tzinfo=dt.UTC), days, ZONE)
    assert due == dt.datetime(2026, 7, day, 22, tzinfo=dt.UTC)


def test_deadline_keeps_to_the_wall_clock_across_summer_time() -> None:
    before = dt.datetime(2026, 10, 30, 12, tzinfo=dt.UTC)
    assert business_deadline(before, 1, ZONE) == dt.datetime(2026, 11, 2, 23, tzinfo=dt.UTC)
