import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotations.placements.rules import (
    after_day,
    at_site,
    day_at,
    minutes_a_day,
    rotation_days,
    week_to_ask,
    week_to_remind,
)
from rotations.placements.states import DayState
from rotations.placements.tally import Told, tally_of, tranches_earned

CHICAGO, GUAM, KOLKATA = "America/Chicago", "Pacific/Guam", "Asia/Kolkata"
MONDAY = dt.date(2026, 10, 26)  # clocks go back on Sunday 1 November
D = dt.timedelta(days=1)


def test_days_are_monday_to_friday_across_the_change_of_clocks() -> None:
    days = rotation_days(MONDAY, MONDAY + 25 * D)
    assert len(days) == 20
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}


def test_stay_without_weekdays_has_all_its_days() -> None:
    saturday = MONDAY + 5 * D
    assert rotation_days(saturday, saturday + D) == [saturday, saturday + D]


@pytest.mark.parametrize(("hours", "minutes"), [(40, 480), (38, 450), (1, 30), (100, 960)])
def test_hours_of_the_listing_spread_over_five_days(hours: int, minutes: int) -> None:
    assert minutes_a_day(hours) == minutes


def test_day_ends_with_the_calendar_where_clocks_change() -> None:
    sunday = dt.date(2026, 11, 1)
    length = after_day(sunday, CHICAGO) - after_day(sunday - D, CHICAGO)
    assert length == dt.timedelta(hours=25)
    spring = dt.date(2027, 3, 14)
    assert after_day(spring, CHICAGO) - after_day(spring - D, CHICAGO) == dt.timedelta(hours=23)


def test_one_moment_lies_in_two_days() -> None:
    moment = dt.datetime(2026, 10, 26, 2, tzinfo=dt.UTC)
    assert day_at(moment, CHICAGO) == dt.date(2026, 10, 25)
    assert day_at(moment, GUAM) == dt.date(2026, 10, 26)


@pytest.mark.parametrize("zone", [CHICAGO, GUAM, KOLKATA])
def test_week_is_asked_for_from_friday_afternoon_on(zone: str) -> None:
    asked = at_site(MONDAY + 4 * D, dt.time(15), zone)
    before = dt.timedelta(seconds=1)
    assert week_to_ask(asked - before, zone) == MONDAY - 7 * D
    assert week_to_ask(asked, zone) == MONDAY
    # An outage over the change of clocks, to the next Thursday: still this week's mail.
    assert week_to_ask(asked + 6 * D, zone) == MONDAY
    assert week_to_ask(asked + 7 * D + dt.timedelta(hours=1), zone) == MONDAY + 7 * D


def test_team_is_reminded_on_the_tuesday_after() -> None:
    told = at_site(MONDAY + 8 * D, dt.time(9), CHICAGO)
    assert week_to_remind(told, CHICAGO) == MONDAY
    assert week_to_remind(told - dt.timedelta(minutes=1), CHICAGO) == MONDAY - 7 * D


def told(**count: int) -> list[Told]:
    return [
        Told(
            MONDAY,
            state,
            480 if state == "confirmed" else None,
            1 if state == "confirmed" else None,
        )
        for state, number in count.items()
        for _ in range(number)
    ]


@pytest.mark.parametrize(
    ("count", "is_over", "earned"),
    [
        ({"planned": 20}, False, []),
        ({"planned": 19, "confirmed": 1}, False, ["first_day"]),
        ({"planned": 11, "confirmed": 9}, False, ["first_day"]),
        ({"planned": 10, "confirmed": 10}, False, ["first_day", "half"]),
        ({"paused": 10, "planned": 5, "confirmed": 5}, False, ["first_day", "half"]),
        ({"confirmed": 20}, False, ["first_day", "half"]),
        ({"confirmed": 18, "absent": 2}, True, ["first_day", "half", "end"]),
        ({"confirmed": 18, "planned": 2}, True, ["first_day", "half"]),
        ({"confirmed": 5, "absent": 15}, True, ["first_day"]),
        ({"paused": 20}, True, []),
    ],
)
def test_attendance_earns_tranches(count: dict[str, int], is_over: bool, earned: list[str]) -> None:
    assert tranches_earned(tally_of(told(**count)), is_over=is_over) == earned


def test_days_with_the_attending_who_was_there_most() -> None:
    days = [Told(MONDAY, "confirmed", 450, who) for who in (7, 7, 9)]
    tally = tally_of([*days, Told(MONDAY, "absent")])
    assert (tally.same, tally.attending, tally.minutes, tally.hours) == (2, 7, 1350, 22.5)


@given(st.lists(st.sampled_from(DayState.values)), st.booleans())
def test_more_attendance_never_earns_less(states: list[str], is_over: bool) -> None:
    """Confirming one more open day takes no tranche back."""
    days = [Told(MONDAY, state, 60, 1) for state in states]
    before = tranches_earned(tally_of(days), is_over=is_over)
    if DayState.PLANNED in states:
        days[states.index(DayState.PLANNED)] = Told(MONDAY, DayState.CONFIRMED, 60, 1)
        assert set(before) <= set(tranches_earned(tally_of(days), is_over=is_over))
