import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotations.catalog.rules import BadTiers, check_tiers, end_of_day, steps_ahead, steps_of

START = dt.date(2026, 10, 5)
STANDARD = [[60, 100], [30, 50], [14, 25]]

tiers_drawn = st.dictionaries(st.integers(1, 365), st.integers(0, 100), min_size=1).map(
    lambda found: [
        [days, percent]
        for days, percent in zip(
            sorted(found, reverse=True), sorted(found.values(), reverse=True), strict=True
        )
    ]
)


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        "standard",
        [[60]],
        [60, 100],
        [["60", 100]],
        [[60, True]],
        [[0, 10]],
        [[60, 101]],
        [[60, -1]],
        [[30, 50], [30, 50]],
        [[30, 50], [60, 40]],
        [[60, 50], [30, 100]],
    ],
)
def test_tiers_that_contradict_themselves_are_refused(tiers: Any) -> None:
    with pytest.raises(BadTiers):
        check_tiers(tiers)


def test_steps_are_days_and_sums_of_the_site() -> None:
    steps = steps_of(STANDARD, total_cents=165_000, starts_on=START, zone="America/Chicago")
    assert [(s.until_on.isoformat(), s.percent, s.amount_cents) for s in steps] == [
        ("2026-08-06", 100, 165_000),
        ("2026-09-05", 50, 82_500),
        ("2026-09-21", 25, 41_250),
        ("2026-10-04", 0, 0),
    ]
    assert steps[0].until_at == dt.datetime(2026, 8, 7, 5, tzinfo=dt.UTC)


def test_steps_end_where_the_terms_end() -> None:
    for tiers in ([[30, 50], [10, 0]], [[1, 100]]):
        steps = steps_of(tiers, total_cents=100, starts_on=START, zone="UTC")
        assert [[(START - s.until_on).days, s.percent] for s in steps] == tiers


def test_day_of_the_clock_change_still_ends_at_midnight() -> None:
    ends = end_of_day(dt.date(2026, 11, 1), "America/New_York")
    assert ends.astimezone(dt.UTC) == dt.datetime(2026, 11, 2, 5, tzinfo=dt.UTC)


def test_steps_ahead_leave_out_days_that_ended() -> None:
    steps = steps_of(STANDARD, total_cents=100, starts_on=START, zone="America/Chicago")
    at = steps[0].until_at
    assert steps_ahead(steps, at) == steps[1:]
    assert steps_ahead(steps, at - dt.timedelta(seconds=1)) == steps


@given(tiers_drawn, st.integers(0, 10_000_000))
def test_refund_never_rises_as_the_start_nears(tiers: list[list[int]], total: int) -> None:
    check_tiers(tiers)
    steps = steps_of(tiers, total_cents=total, starts_on=START, zone="America/Chicago")
    amounts = [step.amount_cents for step in steps]
    assert amounts == sorted(amounts, reverse=True)
    assert [s.until_at for s in steps] == sorted(s.until_at for s in steps)
    assert all(0 <= amount <= total for amount in amounts)
