import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotations.bookings.rules import (
    balance_due_at,
    days_open,
    mondays,
    offer_end,
    page_closes_at,
    split,
    visa_refund,
)

NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 10, 5)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [(0, 0, 1), (0, 4, 1), (0, 25, 4), (2, 29, 5), (6, 7, 2), (0, 6, 1)],
)
def test_mondays_cover_every_week_touched(first: int, last: int, count: int) -> None:
    days = mondays(DAY + dt.timedelta(first), DAY + dt.timedelta(last))
    assert days == [DAY + dt.timedelta(7 * n) for n in range(count)]


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=5), st.data())
def test_split_adds_up_and_never_takes_more_than_there_is(
    amounts: list[int], data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, sum(amounts)))
    shares = split(amounts, part)
    assert sum(shares) == part
    assert all(isinstance(share, int) and share >= 0 for share in shares)
    assert all(share <= amount for share, amount in zip(shares, amounts, strict=True))


def test_balance_of_a_late_booking_is_due_tomorrow_evening() -> None:
    due = balance_due_at(dt.date(2026, 6, 1), now=NOW, zone="America/Chicago")
    assert due == dt.datetime(2026, 7, 3, 4, 59, tzinfo=dt.UTC)


def test_tomorrow_is_the_sites_tomorrow() -> None:
    """At three in the morning UTC it is still the evening before in Chicago."""
    now = dt.datetime(2026, 7, 2, 3, tzinfo=dt.UTC)
    due = balance_due_at(dt.date(2026, 6, 1), now=now, zone="America/Chicago")
    assert due == dt.datetime(2026, 7, 3, 4, 59, tzinfo=dt.UTC)


def test_payment_page_stays_open_as_long_as_stripe_demands() -> None:
    assert page_closes_at(NOW, NOW + dt.timedelta(minutes=5)) == NOW + dt.timedelta(minutes=31)
    assert page_closes_at(NOW, NOW + dt.timedelta(minutes=35)) == NOW + dt.timedelta(minutes=35)


def test_days_open_count_the_sites_calendar() -> None:
    late_evening = dt.datetime(2026, 7, 2, 3, tzinfo=dt.UTC)
    assert days_open(late_evening, NOW + dt.timedelta(days=2), "America/Chicago") == 2


def test_offer_ends_on_the_sites_day_where_that_is_tomorrow_elsewhere() -> None:
    end = offer_end(dt.date(2026, 7, 3), "Pacific/Honolulu")
    assert end == dt.datetime(2026, 7, 4, 3, tzinfo=dt.UTC)
    assert days_open(NOW, end, "Pacific/Honolulu") == 2


def test_visa_refund_and_loss_make_the_whole() -> None:
    assert visa_refund(60_000, 90) == (54_000, 6_000)
