from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usce.money import Money

CENTS = st.integers(-(10**12), 10**12)


def test_sums_are_counted_in_cents() -> None:
    assert Money(1_050) + Money(25) == Money(1_075)
    assert Money(1_050) - Money(25) == Money(1_025)
    assert Money(1_050) * 3 == Money(3_150)
    assert -Money(1_050) == Money(-1_050)
    assert Money(1) > Money(0)


@pytest.mark.parametrize(("cents", "is_something"), [(0, False), (1, True), (-1, True)])
def test_nothing_is_false(cents: int, is_something: bool) -> None:
    assert bool(Money(cents)) is is_something


@pytest.mark.parametrize(
    ("cents", "rate", "part"),
    [
        (60_000, "90", 54_000),
        (333, "50", 167),
        (-333, "50", -167),
        (1, "49.9", 0),
        (1, "50", 1),
        (60_000, "0", 0),
        (60_000, "100", 60_000),
        (10_000, "2.9", 290),
    ],
)
def test_half_a_cent_is_rounded_away_from_zero(cents: int, rate: str, part: int) -> None:
    assert Money(cents).percent(Decimal(rate)) == Money(part)


@pytest.mark.parametrize(
    ("cents", "shown"),
    [
        (0, "$0.00"),
        (5, "$0.05"),
        (100, "$1.00"),
        (123_456_789, "$1,234,567.89"),
        (-5, "-$0.05"),
        (-100, "-$1.00"),
        (-123_456, "-$1,234.56"),
    ],
)
def test_sum_is_written_with_its_cents(cents: int, shown: str) -> None:
    assert str(Money(cents)) == shown


@given(CENTS, CENTS)
def test_what_is_taken_away_can_be_given_back(one: int, other: int) -> None:
    assert Money(one) - Money(other) + Money(other) == Money(one)


@given(st.integers(0, 10**12), st.integers(0, 100))
def test_part_and_rest_make_the_whole(cents: int, percent: int) -> None:
    part = Money(cents).percent(Decimal(percent))
    rest = Money(cents).percent(Decimal(100 - percent))
    assert abs((part + rest - Money(cents)).cents) <= 1
    assert 0 <= part.cents <= cents
