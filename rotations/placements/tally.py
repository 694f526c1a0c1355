"""What is counted of the days (pure), and what attendance has earned."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rotations.placements.states import DayState


@dataclass(frozen=True)
class Told:
    """One day as the count needs it."""

    day_on: date
    state: str
    minutes: int | None = None
    attending: int | None = None


@dataclass(frozen=True)
class Tally:
    """`same` counts the confirmed days with the attending who was there most."""

    planned: int = 0
    confirmed: int = 0
    absent: int = 0
    paused: int = 0
    minutes: int = 0
    same: int = 0
    attending: int | None = None

    @property
    def counted(self) -> int:
        """All days but those on which there was no rotation."""
        return self.planned + self.confirmed + self.absent

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def is_settled(self) -> bool:
        return not self.planned

    @property
    def is_half(self) -> bool:
        return 0 < self.counted <= 2 * self.confirmed


def tally_of(days: Iterable[Told]) -> Tally:
    known = list(days)
    states = Counter(day.state for day in known)
    here = [day for day in known if day.state == DayState.CONFIRMED]
    most = Counter(day.attending for day in here).most_common(1)
    attending, same = most[0] if most else (None, 0)
    return Tally(
        planned=states[DayState.PLANNED],
        confirmed=len(here),
        absent=states[DayState.ABSENT],
        paused=states[DayState.PAUSED],
        minutes=sum(day.minutes or 0 for day in here),
        same=same,
        attending=attending,
    )


def tranches_earned(tally: Tally, *, is_over: bool) -> list[str]:
    """Somebody came; half of the days are confirmed; all are settled and half of them confirmed."""
    earned = ["first_day"] if tally.confirmed else []
    earned += ["half"] if tally.is_half else []
    if is_over and tally.is_settled and tally.is_half:
        earned.append("end")
    return earned
