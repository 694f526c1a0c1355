import datetime as dt

import pytest

from usce.reference.rules import business_deadline, is_business_day, observed_holidays

ZONE = "America/Chicago"


@pytest.mark.parametrize(
    ("now", "days", "day"),
    [
        ((2026, 7, 1, 12), 1, (7, 2)),  # Wednesday to Thursday
        ((2026, 7, 2, 12), 1, (7, 6)),  # Independence Day is kept on Friday: Thursday to Monday
        ((2026, 7, 10, 12), 1, (7, 13)),  # Friday to Monday
        ((2026, 7, 11, 12), 1, (7, 13)),  # Saturday to Monday
        ((2026, 7, 1, 12), 5, (7, 9)),
        ((2026, 7, 7, 3), 1, (7, 7)),  # still Monday evening there
    ],
)
def test_deadline_is_five_in_the_afternoon_of_a_business_day(
    now: tuple[int, int, int, int], days: int, day: tuple[int, int]
) -> None:
    due = business_deadline(dt.datetime(*now, tzinfo=dt.UTC), days, ZONE)
    assert due == dt.datetime(2026, *day, 22, tzinfo=dt.UTC)


def test_deadline_keeps_to_the_wall_clock_across_summer_time() -> None:
    before = dt.datetime(2026, 10, 30, 12, tzinfo=dt.UTC)
    assert business_deadline(before, 1, ZONE) == dt.datetime(2026, 11, 2, 23, tzinfo=dt.UTC)


def test_deadline_leaps_over_thanksgiving_and_new_year() -> None:
    before = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
    assert business_deadline(before, 1, ZONE).date() == dt.date(2026, 11, 27)
    before = dt.datetime(2027, 12, 30, 12, tzinfo=dt.UTC)  # 1 January 2028 is a Saturday
    assert business_deadline(before, 1, ZONE).date() == dt.date(2028, 1, 3)


@pytest.mark.parametrize(
    ("year", "days"),
    [  # as the U.S. Office of Personnel Management lists them
        (2026, "1-1 1-19 2-16 5-25 6-19 7-3 9-7 10-12 11-11 11-26 12-25"),
        (2027, "1-1 1-18 2-15 5-31 6-18 7-5 9-6 10-11 11-11 11-25 12-24"),
    ],
)
def test_holidays_of_a_year(year: int, days: str) -> None:
    wanted = {dt.date(year, *map(int, day.split("-"))) for day in days.split()}
    assert set(observed_holidays(year)) == wanted


@pytest.mark.parametrize("year", range(2024, 2061))
def test_each_year_has_eleven_holidays_on_weekdays(year: int) -> None:
    days = observed_holidays(year)
    assert len(days) == len(set(days.values())) == 11
    assert not any(day.weekday() > 4 or is_business_day(day) for day in days)


def test_new_year_kept_in_december_is_no_business_day() -> None:
    assert not is_business_day(dt.date(2027, 12, 31))
    assert is_business_day(dt.date(2026, 12, 31))
