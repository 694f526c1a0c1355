"""Business days in the United States: no weekends and no federal holidays (pure)."""

import csv
import unicodedata
from calendar import monthcalendar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

HOLIDAYS = Path(__file__).parent / "data" / "federal_holidays.csv"
CLOSE_OF_BUSINESS = time(17)
SATURDAY, SUNDAY = 5, 6


def name_key(name: str) -> str:
    """A name to compare: no case, accents or signs, its words in the alphabet's order."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(sorted(kept.split()))


def business_deadline(now: datetime, days: int, zone: str) -> datetime:
    """17:00 in the zone on the n-th business day after today there."""
    day = now.astimezone(ZoneInfo(zone)).date()
    while days:
        day += timedelta(days=1)
        if is_business_day(day):
            days -= 1
    return datetime.combine(day, CLOSE_OF_BUSINESS, ZoneInfo(zone)).astimezone(UTC)


def is_business_day(day: date) -> bool:
    # New Year's Day on a Saturday is kept on the last day of the year before.
    kept = (*observed_holidays(day.year), *observed_holidays(day.year + 1))
    return day.weekday() < SATURDAY and day not in kept


@cache
def observed_holidays(year: int) -> dict[date, str]:
    """The year's federal holidays by the day on which they are kept.

    One on a Saturday is kept the Friday before, one on a Sunday the Monday after (5 U.S.C. 6103(b)
    and Executive Order 11582). Days that the President gives off for one year are not in it.
    """
    rows = csv.DictReader(HOLIDAYS.read_text().splitlines())
    return {_observed(_date_in(year, row)): row["name"] for row in rows}


def _date_in(year: int, row: dict[str, str]) -> date:
    month = int(row["month"])
    if row["day"]:
        return date(year, month, int(row["day"]))
    weekday, which = int(row["weekday"]), int(row["which"])
    days = [week[weekday] for week in monthcalendar(year, month) if week[weekday]]
    return date(year, month, days[which - 1 if which > 0 else which])


def _observed(day: date) -> date:
    move = {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(days=move)
