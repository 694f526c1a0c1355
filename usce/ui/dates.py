"""Dates and instants in words: always with a month's name, an instant always with its place."""

import datetime as dt
from zoneinfo import ZoneInfo


def day(value: dt.date) -> str:
    return f"{value:%A} {value.day} {value:%B %Y}"


def day_short(value: dt.date) -> str:
    return f"{value.day} {value:%b %Y}"


def span(first: dt.date, last: dt.date) -> str:
    """Both days in full, the first without what it shares with the last."""
    if first == last:
        return f"{last.day} {last:%B %Y}"
    start = f"{first.day}"
    if first.month != last.month or first.year != last.year:
        start += f" {first:%B}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"{start} to {last.day} {last:%B %Y}"


# From how many minutes on, the unit's minutes, its name.
_UNITS = ((2880, 1440, "day"), (60, 60, "hour"), (0, 1, "minute"))


def duration(length: dt.timedelta) -> str:
    """About how long, in its largest unit: minutes up to an hour, hours up to two days."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if not minutes:
        return "less than a minute"
    size, unit = next(step for step in _UNITS if minutes >= step[0])[1:]
    count = minutes // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def moment(value: dt.datetime, zone: str) -> str:
    there = value.astimezone(ZoneInfo(zone))
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M} {place(zone)}"


# Names that browsers still report for places that are called otherwise today.
_TODAY = {
    "Calcutta": "Kolkata",
    "Saigon": "Ho Chi Minh",
    "Rangoon": "Yangon",
    "Katmandu": "Kathmandu",
}


def place(zone: str) -> str:
    name = zone.rsplit("/", 1)[-1].replace("_", " ")
    return _TODAY.get(name, name)


def viewer_moment(value: dt.datetime, *, zone: str, viewer: str) -> str:
    """The instant on the viewer's clock, or nothing when both clocks agree."""
    here = value.astimezone(ZoneInfo(viewer))
    there = value.astimezone(ZoneInfo(zone))
    if here.utcoffset() == there.utcoffset():
        return ""
    year = f" {here.year}" if here.year != there.year else ""
    return f"{here:%a} {here.day} {here:%b}{year}, {here:%H:%M} your time"
