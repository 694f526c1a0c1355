"""Due dates, days of reminders and answer times, without a database."""

import datetime as dt

import pytest

from rotations.letters.rules import (
    Season,
    Steps,
    answer_time,
    asking_from,
    door_days,
    is_last_weeks,
    last_day_of,
    may_ask_on,
    next_reminder,
    propose_due,
    steps_due,
)
from rotations.letters.targets import services

D = dt.timedelta(days=1)
LAST = dt.date(2026, 10, 30)
TODAY = dt.date(2026, 10, 20)
DUE = dt.date(2026, 12, 1)
LOOKED = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("today", "may"),
    [
        (LAST - 15 * D, False),
        (LAST - 14 * D, True),
        (LAST, True),
        (LAST + 365 * D, True),
        (LAST + 366 * D, False),
    ],
)
def test_one_asks_from_two_weeks_before_the_end(today: dt.date, may: bool) -> None:
    assert may_ask_on(today, LAST) is may
    assert asking_from(LAST) == LAST - 14 * D


def test_last_weeks_end_two_weeks_after_the_last_day() -> None:
    assert is_last_weeks(LAST + 14 * D, LAST)
    assert not is_last_weeks(LAST + 15 * D, LAST)


def season(read_on: dt.date | None) -> Season:
    return Season("2027/2028", read_on, "AAMC", LOOKED)


@pytest.mark.parametrize(
    ("read_on", "due_on", "is_named"),
    [
        (None, LAST + 28 * D, False),  # not published
        (LAST + 300 * D, LAST + 28 * D, False),  # far ahead: the usual weeks are earlier
        (TODAY + 40 * D, TODAY + 12 * D, True),  # programs read soon
        (TODAY + 34 * D, LAST + 28 * D, False),  # too soon for anybody to write
    ],
)
def test_due_date_follows_the_season_where_it_is_published(
    read_on: dt.date | None, due_on: dt.date, is_named: bool
) -> None:
    found = propose_due(TODAY, LAST, [season(read_on)])
    assert (found.due_on, found.season is not None) == (due_on, is_named)


def test_long_after_the_rotation_four_weeks_count_from_today() -> None:
    assert propose_due(LAST + 90 * D, LAST, []).due_on == LAST + 118 * D


def test_reminders_fall_on_six_days() -> None:
    days, day = [], DUE - 60 * D
    while following := next_reminder(DUE, day):
        days.append((following - DUE).days)
        day = following
    assert days == [-21, -10, -3, 0, 3, 7]


@pytest.mark.parametrize(
    ("first", "today", "steps"),
    [
        (-21, -22, Steps(None, None)),
        (-21, -21, Steps(-21, None)),
        (-21, -4, Steps(-10, None)),  # two were missed: the last one goes
        (-10, 0, Steps(0, None)),
        (0, 1, Steps(None, None)),  # the day is over: the writer hears no more of it
        (3, 3, Steps(None, 3)),
        (3, 30, Steps(None, 7)),
        (-21, 8, Steps(None, 7)),
    ],
)
def test_who_comes_late_sends_the_last_of_each_kind(first: int, today: int, steps: Steps) -> None:
    assert steps_due(DUE, DUE + first * D, DUE + today * D) == steps


def test_request_ends_a_week_late_unanswered_and_two_months_late_answered() -> None:
    assert last_day_of(DUE, is_answered=False) == DUE + 7 * D
    assert last_day_of(DUE, is_answered=True) == DUE + 60 * D


def test_door_opens_three_weeks_at_least() -> None:
    assert door_days(DUE - 28 * D, DUE) == 58
    assert door_days(DUE + 50 * D, DUE) == 21


def test_median_has_a_denominator_and_a_floor() -> None:
    took = [D, 3 * D, None, 9 * D]
    four = answer_time(took)
    assert (four.days, four.answered, four.asked) == (None, 3, 4)
    assert answer_time([*took, None]).days == 3
    assert answer_time([None] * 6).days is None


def test_every_target_has_its_dated_facts() -> None:
    assert set(services()) == {"eras", "residencycas", "other"}
    assert all(one.checked_on >= dt.date(2026, 1, 1) for one in services().values())
    assert all(one.source for one in services().values() if one.how)
