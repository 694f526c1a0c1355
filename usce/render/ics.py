"""Calendar files. Whole days only, so no time zone and no VTIMEZONE is ever needed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event


@dataclass(frozen=True)
class AllDay:
    """Days of somebody's calendar. The same `uid` with a higher `sequence` replaces the earlier."""

    uid: str
    title: str
    first_on: date
    last_on: date
    place: str
    note: str
    changed_at: datetime
    sequence: int = 0
    canceled: bool = False


def calendar(*entries: AllDay) -> bytes:
    made = Calendar()
    made.add("prodid", "-//Rounds//Bookings//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    for entry in entries:
        made.add_component(_event(entry))
    content: bytes = made.to_ical()
    return content


def _event(entry: AllDay) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.first_on)
    event.add("dtend", entry.last_on + timedelta(days=1))  # the day after the last, by RFC 5545
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("description", entry.note)
    event.add("status", "CANCELLED" if entry.canceled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
