"""Where the facts of a plan come from: bookings lie above this slice and tell it themselves."""

from collections.abc import Callable

from applicants.profiles.plan import PlanFacts, PlanLine, plan_lines
from usce.accounts.models import User

Source = Callable[[User], PlanFacts]
_sources: list[Source] = []


def set_source(source: Source) -> None:
    _sources[:] = [source]


def plan_of(user: User) -> list[PlanLine]:
    """The five lines of this person; "unknown" wherever nobody tells."""
    facts = [source(user) for source in _sources]
    return plan_lines(facts[0] if facts else PlanFacts())
