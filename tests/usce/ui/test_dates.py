import datetime as dt

import pytest

from usce.ui import dates

AT = dt.datetime(2026, 3, 14, 22, 0, tzinfo=dt.UTC)


def test_day_names_weekday_and_month() -> None:
    assert dates.day(dt.date(2026, 7, 6)) == "Monday 6 July 2026"


def test_day_short_is_unambiguous() -> None:
    assert dates.day_short(dt.date(2026, 8, 3)) == "3 Aug 2026"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2026, 7, 6), (2026, 7, 31), "6 to 31 July 2026"),
        ((2026, 7, 6), (2026, 8, 1), "6 July to 1 August 2026"),
        ((2026, 12, 28), (2027, 1, 22), "28 December 2026 to 22 January 2027"),
        ((2026, 1, 5), (2027, 1, 5), "5 January 2026 to 5 January 2027"),
        ((2026, 7, 6), (2026, 7, 6), "6 July 2026"),
    ],
)
def test_span_says_shared_parts_once(
    first: tuple[int, int, int], last: tuple[int, int, int], words: str
) -> None:
    assert dates.span(dt.date(*first), dt.date(*last)) == words


def test_moment_is_the_sites_clock_with_its_place() -> None:
    assert dates.moment(AT, "America/Chicago") == "Sat 14 Mar 2026, 17:00 Chicago"


def test_place_reads_like_a_city() -> None:
    assert dates.place("America/New_York") == "New York"


def test_viewer_moment_crosses_midnight() -> None:
    theirs = dates.viewer_moment(AT, zone="America/Chicago", viewer="Asia/Kolkata")
    assert theirs == "Sun 15 Mar, 03:30 your time"


def test_viewer_moment_is_empty_when_clocks_agree() -> None:
    assert dates.viewer_moment(AT, zone="America/Chicago", viewer="America/Winnipeg") == ""


def test_viewer_moment_names_a_differing_year() -> None:
    eve = dt.datetime(2026, 12, 31, 23, 0, tzinfo=dt.UTC)
    theirs = dates.viewer_moment(eve, zone="America/Chicago", viewer="Asia/Kolkata")
    assert theirs == "Fri 1 Jan 2027, 04:30 your time"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (dt.timedelta(seconds=59), "less than a minute"),
        (dt.timedelta(seconds=-5), "less than a minute"),
        (dt.timedelta(minutes=1), "1 minute"),
        (dt.timedelta(minutes=59, seconds=59), "59 minutes"),
        (dt.timedelta(hours=1, minutes=59), "1 hour"),
        (dt.timedelta(hours=47, minutes=59), "47 hours"),
        (dt.timedelta(days=2), "2 days"),
        (dt.timedelta(days=400), "400 days"),
    ],
)
def test_duration_is_told_in_its_largest_unit(length: dt.timedelta, words: str) -> None:
    assert dates.duration(length) == words
