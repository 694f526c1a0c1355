"""Refund tiers and price arithmetic (pure): whole cents, calendar days of the site."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from usce.money import Money

FEE_PERCENT = Decimal(10)
DEPOSIT_PERCENT = Decimal(30)
BALANCE_DAYS = 45
MOST_BLOCKS, MOST_SEATS = 12, 50
DOLLAR = 100
FRIDAY = timedelta(days=4)
WEEK = timedelta(days=7)


class BadTiers(ValueError):  # noqa: N818 -- the sentence is for the person who writes the policy
    """Refund terms that contradict themselves."""


@dataclass(frozen=True)
class RefundStep:
    """Canceling before `until_at` (through the site's day `until_on`) gives this much back."""

    until_at: datetime
    until_on: date
    percent: int
    amount_cents: int


def check_tiers(tiers: Any) -> None:
    """Raise BadTiers unless days fall and percents never rise as the start nears."""
    if not isinstance(tiers, list) or not tiers:
        raise BadTiers("Refund terms need at least one step.")
    for tier in tiers:
        _check_tier(tier)
    for (days, percent), (later_days, later_percent) in pairwise(tiers):
        if later_days >= days:
            raise BadTiers("Each refund step is nearer to the start than the one before it.")
        if later_percent > percent:
            raise BadTiers("The refund never rises as the start nears.")


def _check_tier(tier: Any) -> None:
    if not isinstance(tier, (list, tuple)) or len(tier) != 2:
        raise BadTiers("A refund step has days before the start and a percentage.")
    if any(isinstance(n, bool) or not isinstance(n, int) for n in tier):
        raise BadTiers("Days and percentages are whole numbers.")
    days, percent = tier
    if days < 1 or not 0 <= percent <= 100:
        raise BadTiers("A refund step is at least a day before the start, and 0 to 100 percent.")


def end_of_day(day: date, zone: str) -> datetime:
    """The instant at which the calendar day ends in the zone, exclusive."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone))


def steps_ahead(steps: Iterable[RefundStep], now: datetime) -> list[RefundStep]:
    """The steps whose day has not ended; a page shows no refund that can no longer be had."""
    return [step for step in steps if step.until_at > now]


def steps_of(
    tiers: Iterable[Sequence[int]], *, total_cents: int, starts_on: date, zone: str
) -> list[RefundStep]:
    """Each tier as a day and a sum, and last the days on which nothing comes back."""
    known = list(tiers)
    last_days, last_percent = known[-1]
    if last_days > 1 and last_percent > 0:
        known.append((1, 0))
    return [
        RefundStep(
            until_at=end_of_day(starts_on - timedelta(days=days), zone),
            until_on=starts_on - timedelta(days=days),
            percent=percent,
            amount_cents=Money(total_cents).percent(Decimal(percent)).cents,
        )
        for days, percent in known
    ]


def service_fee(price_cents: int) -> int:
    """What Rounds adds to the provider's price of a block: a tenth, in whole dollars."""
    return _dollars(Money(price_cents).percent(FEE_PERCENT).cents)


def deposit_of(price_cents: int, fee_cents: int) -> int:
    """Due at booking, in whole dollars; of a price by the week the least total is one week's."""
    return _dollars(Money(price_cents + fee_cents).percent(DEPOSIT_PERCENT).cents)


def tax_cents(cents: int, percent: Decimal) -> int:
    """What a state takes of this price, half a cent rounded up; `search.sql` says the same."""
    return Money(cents).percent(percent).cents


def blocks_from(first_on: date, *, weeks: int, blocks: int) -> list[tuple[date, date]]:
    """Each block from its Monday to the Friday of its last week, the next on the Monday after."""
    starts = [first_on + WEEK * weeks * number for number in range(blocks)]
    return [(start, start + WEEK * (weeks - 1) + FRIDAY) for start in starts]


def _dollars(cents: int) -> int:
    return cents - cents % DOLLAR
