"""Your plan: five lines that each say yes, not yet or unknown. No score and no percentage.

Pure: the caller says what is known; this slice knows neither applications nor bookings.
"""

from dataclasses import dataclass
from enum import StrEnum


class PlanState(StrEnum):
    YES = "yes"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PlanFacts:
    """What is known of a person's plan; None is "not known", never "no"."""

    place: bool | None = None
    hands_on: bool | None = None
    us_letters: bool | None = None
    specialty_fit: bool | None = None
    verified_provider: bool | None = None


@dataclass(frozen=True)
class PlanLine:
    key: str
    title: str
    note: str
    state: PlanState


TITLES = {
    "place": ("Place", "A rotation with confirmed dates."),
    "hands_on": ("Hands-on where lawful", "For students, where state and visa allow it."),
    "us_letters": ("U.S. letters", "Letters of physicians who supervised you in the U.S."),
    "specialty_fit": ("Specialty fit", "A rotation in the specialty you aim at."),
    "verified_provider": ("Verified provider", "Our staff have looked the provider up."),
}
STATES = {True: PlanState.YES, False: PlanState.NOT_YET, None: PlanState.UNKNOWN}


def plan_lines(facts: PlanFacts) -> list[PlanLine]:
    """Always five, in the same order."""
    return [
        PlanLine(key, title, note, STATES[getattr(facts, key)])
        for key, (title, note) in TITLES.items()
    ]
