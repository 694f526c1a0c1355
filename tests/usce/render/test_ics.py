import datetime as dt

from usce.render.ics import AllDay, calendar

ENTRY = AllDay(
    uid="abc@bookings.rounds",
    title="Rotation; with, marks\nand lines",
    first_on=dt.date(2026, 10, 5),
    last_on=dt.date(2026, 10, 30),
    place="Lakeshore Clinic",
    note="Reference R-1042.",
    changed_at=dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC),
)


def lines(*entries: AllDay) -> list[str]:
    return calendar(*entries).decode().replace("\r\n ", "").splitlines()


def test_days_are_whole_and_end_the_day_after() -> None:
    made = lines(ENTRY)
    assert "DTSTART;VALUE=DATE:20261005" in made
    assert "DTEND;VALUE=DATE:20261031" in made


def test_there_is_no_time_zone_to_go_wrong() -> None:
    assert not [line for line in lines(ENTRY) if "VTIMEZONE" in line or "1970" in line]


def test_a_later_version_has_the_same_name_and_a_higher_number() -> None:
    later = AllDay(**{**vars(ENTRY), "sequence": 1, "canceled": True})
    first, second = lines(ENTRY), lines(later)
    uid = "UID:abc@bookings.rounds"
    assert uid in first
    assert uid in second
    assert "SEQUENCE:0" in first
    assert "SEQUENCE:1" in second
    assert "STATUS:CANCELLED" in second


def test_marks_in_words_stay_words() -> None:
    assert "SUMMARY:Rotation\\; with\\, marks\\nand lines" in lines(ENTRY)
