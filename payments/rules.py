"""How a payee's share is divided into tranches, how far credit goes, and when a month ends."""

from datetime import UTC, date, datetime, timedelta

AFTER_END = timedelta(days=7)
NEW_BOOKINGS = 3
"""So many bookings a provider is new: all of its money waits for the end."""

LEAST_REST_CENTS = 1_00
"""What is left for a card after credit; Stripe takes no charge below half a dollar."""

SHARES = {"first_day": 30, "half": 40, "end": 30}
SHARES_OF_NEW = {"end": 100}


def tranches_of(cents: int, *, is_new: bool) -> dict[str, int]:
    """The share of each tranche in cents; together exactly `cents`. Those of nothing stay out."""
    shares = SHARES_OF_NEW if is_new else SHARES
    parts, given, percent = {}, 0, 0
    for name, share in shares.items():
        percent += share
        parts[name] = cents * percent // 100 - given
        given += parts[name]
    return {name: part for name, part in parts.items() if part}


def credit_for(left_cents: int, credit_cents: int) -> int:
    """How much credit pays of what is left; no rest is too small for a card."""
    most = min(left_cents, credit_cents)
    if 0 < left_cents - most < LEAST_REST_CENTS:
        most = left_cents - LEAST_REST_CENTS
    return max(most, 0)


def month_of(now: datetime) -> date:
    """The first day of the month, UTC, in which the instant lies."""
    return now.astimezone(UTC).date().replace(day=1)


def month_after(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def start_of(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=UTC)
