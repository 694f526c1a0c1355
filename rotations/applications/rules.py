"""Who answers until when: weekdays on the site's clock (pure)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

CLOSE_OF_BUSINESS = time(17)
SATURDAY = 5

REVIEW_DAYS = 1
CHANGE_DAYS = 5
DECISION_DAYS = 5


def business_deadline(now: datetime, days: int, zone: str) -> datetime:
    """17:00 in the zone on the n-th weekday after today there."""
    day = now.astimezone(ZoneInfo(zone)).date()
    while days:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY:
            days -= 1
    return datetime.combine(day, CLOSE_OF_BUSINESS, ZoneInfo(zone)).astimezone(UTC)
