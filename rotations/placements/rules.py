"""The days of a rotation (pure): dates of the site's calendar, minutes, deadlines."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SATURDAY, FRIDAY = 5, 4
DAYS_A_WEEK = 5
SHORTEST, LONGEST = 30, 16 * 60
PREPARES = timedelta(days=28)
CHECK_IN_HOURS = 72
CHECK_IN_WINDOW = timedelta(hours=CHECK_IN_HOURS)
LATE = timedelta(minutes=10)
SETTLE_DAYS = 14
OBJECT_DAYS = 14
MAKE_UP_DAYS = 28
OPEN_DAYS = 60
"""So long after the last day a host may still say how a day was."""
ASKED_AT, REMINDED_AT = time(15), time(9)
TUESDAY_AFTER = timedelta(days=8)


def rotation_days(starts_on: date, ends_on: date) -> list[date]:
    """Monday to Friday; a stay that has none of these, such as a weekend, has all its days."""
    every = [starts_on + DAY * number for number in range((ends_on - starts_on).days + 1)]
    return [day for day in every if day.weekday() < SATURDAY] or every


def minutes_a_day(hours_per_week: int) -> int:
    """The listing's hours over five days, to the quarter of an hour."""
    quarters = round(hours_per_week * 60 / DAYS_A_WEEK / 15)
    return min(max(quarters * 15, SHORTEST), LONGEST)


def day_at(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def at_site(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def after_day(day: date, zone: str) -> datetime:
    """The midnight that ends the day there."""
    return at_site(day + DAY, time(0), zone)


def week_to_ask(now: datetime, zone: str) -> date:
    """The Monday of the last week whose Friday, 15:00 at the site, has come."""
    return _last_week(now, zone, timedelta(days=FRIDAY), ASKED_AT)


def week_to_remind(now: datetime, zone: str) -> date:
    """The Monday of the last week after which a Tuesday, 9:00 at the site, has come."""
    return _last_week(now, zone, TUESDAY_AFTER, REMINDED_AT)


def _last_week(now: datetime, zone: str, after: timedelta, clock: time) -> date:
    today = day_at(now, zone)
    monday = today - timedelta(days=today.weekday())
    while at_site(monday + after, clock, zone) > now:
        monday -= timedelta(days=7)
    return monday
