"""What the days of a rotation can show a bank."""

from payments.models import Invoice
from rotations.bookings.queries import booking_paid_by
from rotations.placements.models import Day, Placement
from rotations.placements.queries import days_of
from rotations.placements.states import DayState
from usce.ui.dates import day as in_words


def attendance_of(invoice: Invoice) -> dict[str, str]:
    """A line for each confirmed or missed day; nothing before there is one."""
    booking = booking_paid_by(invoice)
    placement = Placement.objects.filter(booking=booking).first() if booking else None
    if placement is None:
        return {}
    settled = days_of(placement).exclude(state=DayState.PLANNED)
    lines = [_line(day) for day in settled]
    return {"access_activity_log": "\n".join(["Attendance:", *lines])} if lines else {}


def _line(day: Day) -> str:
    told = [f"{in_words(day.day_on)}: {day.state}"]
    check_in = getattr(day, "check_in", None)
    if check_in is not None:
        told.append(f"the customer checked in at {check_in.arrived_at:%H:%M} UTC")
    if day.state == DayState.CONFIRMED and day.minutes:
        told.append(f"{day.minutes / 60:g} hours with {day.attending}")
    if day.settled_at:
        told.append(f"said by {_who(day)} on {day.settled_at:%d %B %Y %H:%M} UTC")
    return ", ".join(told)


def _who(day: Day) -> str:
    if day.settled_by_preceptor is not None:
        return f"{day.settled_by_preceptor} by the link mailed there"
    return "the host's team"
