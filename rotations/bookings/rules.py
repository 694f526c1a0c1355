"""Arithmetic of offers and bookings (pure): whole cents, calendar days of the site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from applicants.documents.kinds import Stage
from rotations.applications.states import ApplicationState
from rotations.catalog.rules import tax_cents
from usce.money import Money

HOLD = timedelta(minutes=35)
MOST_HOLDS = 3
# Stripe keeps a Checkout page open for at least 30 minutes; the minute covers the way there.
SHORTEST_PAGE = timedelta(minutes=31)
BALANCE_PAGE = timedelta(hours=2)
NOTICE_DAYS, REMINDER_DAYS, RELEASE_DAYS = (14, 3), (0, 3), 7
LEAST_CHARGE_CENTS = 50
TAX = "tax"
FEE_WAIVED = "Service fee waived"
OFFER_DAYS = range(2, 15)
CLOSE_OF_BUSINESS = time(17)
CHARGE_FROM = time(9)
WEEK = timedelta(days=7)


def mondays(starts_on: date, ends_on: date) -> list[date]:
    """The Mondays of every week that the days touch, in order."""
    first = starts_on - timedelta(days=starts_on.weekday())
    return [first + WEEK * n for n in range((ends_on - first).days // 7 + 1)]


def split(amounts: Sequence[int], part_cents: int) -> list[int]:
    """Divide `part_cents` over the amounts in their proportion, to the cent.

    Running sums are rounded down, not shares: so the shares add up, and none exceeds its amount.
    """
    total = sum(amounts)
    if not total:
        return [0 for _ in amounts]
    reached = [so_far * part_cents // total for so_far in accumulate(amounts)]
    return [here - before for before, here in zip([0, *reached], reached, strict=False)]


@dataclass(frozen=True)
class Cut:
    """What is taken off the part of the price that its bearer gets."""

    bearer: str
    label: str
    cents: int


@dataclass(frozen=True)
class Part:
    """A line of the price and how much of it is paid with the deposit; below zero for a cut."""

    label: str
    payee: str
    cents: int
    deposit_cents: int

    @property
    def rest_cents(self) -> int:
        return self.cents - self.deposit_cents


def parts_of(terms: Mapping[str, Any], cuts: Sequence[Cut] = ()) -> list[Part]:
    """The frozen lines, each followed by what is cut from it, in deposit and balance alike.

    A payee has one line, and its cuts together are no more than it. Neither deposit nor balance
    of any payee falls below zero. A tax, the last line, is that of what is left after the cuts.
    """
    lines = terms["lines"]
    deposits = split([line["amount_cents"] for line in lines], terms["deposit_cents"])
    parts: list[Part] = []
    for line, deposit in zip(lines, deposits, strict=True):
        if line["payee"] == TAX and cuts:
            parts.append(_tax_after(line["label"], terms["tax_percent"], parts))
            continue
        left = Part(line["label"], line["payee"], line["amount_cents"], deposit)
        parts.append(left)
        for cut in (one for one in cuts if one.bearer == line["payee"]):
            share = cut.cents * left.deposit_cents // left.cents
            parts.append(Part(cut.label, cut.bearer, -cut.cents, -share))
            left = Part("", "", left.cents - cut.cents, left.deposit_cents - share)
    return parts


def _tax_after(label: str, percent: str, parts: Sequence[Part]) -> Part:
    """On the lessened price, paid with deposit and balance as that is."""
    net, deposit = sum(p.cents for p in parts), sum(p.deposit_cents for p in parts)
    tax = tax_cents(net, Decimal(percent))
    return Part(label, TAX, tax, tax * deposit // (net or 1))


def lessened(terms: Mapping[str, Any], cuts: Sequence[Cut]) -> dict[str, Any]:
    """The terms with the whole price, deposit and balance as they are after the cuts."""
    parts = parts_of(terms, cuts)
    total, deposit = sum(p.cents for p in parts), sum(p.deposit_cents for p in parts)
    return {
        **terms,
        "lines": [{"label": p.label, "amount_cents": p.cents, "payee": p.payee} for p in parts],
        "total_cents": total,
        "deposit_cents": deposit,
        "balance_cents": total - deposit,
    }


def left_of(terms: Mapping[str, Any], bearer: str, cuts: Sequence[Cut]) -> int:
    """What the bearer still gets of the price after these cuts."""
    return sum(part.cents for part in parts_of(terms, cuts) if part.payee == bearer)


def offer_end(day: date, zone: str) -> datetime:
    """17:00 at the site on the day the provider chose."""
    return datetime.combine(day, CLOSE_OF_BUSINESS, ZoneInfo(zone)).astimezone(UTC)


def days_open(now: datetime, expires_at: datetime, zone: str) -> int:
    """Calendar days of the site from today to the day on which the offer ends."""
    here = ZoneInfo(zone)
    return (expires_at.astimezone(here).date() - now.astimezone(here).date()).days


def end_of_day(day: date, zone: str) -> datetime:
    """The last minute of the day there: what a person reads as "by that day"."""
    return datetime.combine(day, time(23, 59), ZoneInfo(zone)).astimezone(UTC)


def attendance_days(
    starts_on: date, ends_on: date, zone: str
) -> tuple[datetime, datetime, datetime]:
    """When the first day, the middle day and the last day are over at the site."""
    middle = starts_on + (ends_on - starts_on) // 2
    first, half, last = (end_of_day(day, zone) for day in (starts_on, middle, ends_on))
    return first, half, last


def balance_due_at(due_on: date, *, now: datetime, zone: str) -> datetime:
    """By the terms; for a seat booked later than that, by tomorrow."""
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return end_of_day(max(due_on, tomorrow), zone)


def shifted(moment: datetime, days: int, zone: str) -> datetime:
    """So many calendar days later at the site, at the same time of its clocks."""
    there = moment.astimezone(ZoneInfo(zone))
    return (there.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=ZoneInfo(zone))


def release_at(due_at: datetime, starts_on: date, zone: str) -> datetime:
    """A week after the due day; before the rotation starts, and never before it was due."""
    eve = end_of_day(starts_on - timedelta(days=1), zone)
    return max(due_at, min(shifted(due_at, RELEASE_DAYS, zone), eve))


def day_at(moment: datetime, zone: str) -> date:
    """The day that it is there, which may be another than in UTC."""
    return moment.astimezone(ZoneInfo(zone)).date()


def charge_at(due_at: datetime, zone: str) -> datetime:
    """When a kept card is charged: at nine of the due day there, so that its evening is left."""
    return datetime.combine(day_at(due_at, zone), CHARGE_FROM, ZoneInfo(zone)).astimezone(UTC)


def page_closes_at(now: datetime, until: datetime) -> datetime:
    """When the payment page closes: with the hold, but never before Stripe lets it."""
    return max(until, now + SHORTEST_PAGE)


def visa_refund(paid_cents: int, percent: int) -> tuple[int, int]:
    """What comes back and what is lost of the sum paid when the visa is refused."""
    back = Money(paid_cents).percent(Decimal(percent)).cents
    return back, paid_cents - back


def stage_of(state: str) -> Stage:
    """How far an application has come, as papers count it; an ended one shows nothing more."""
    if state == ApplicationState.BOOKED:
        return Stage.BOOKED
    if state in (ApplicationState.OFFERED, ApplicationState.ACCEPTED):
        return Stage.OFFER
    return Stage.APPLICATION
