"""Everything the search page shows, gathered once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser

from rotations.discovery.criteria import SORTS, Criteria
from rotations.discovery.queries.facets import Counts, Facet, counts, freeing
from rotations.discovery.queries.order import MATCH_WORDS
from rotations.discovery.queries.rows import Listing, listing
from rotations.discovery.queries.search import Search
from rotations.eligibility.queries import Person
from usce.accounts.models import User
from usce.money import Money
from usce.ui.dates import day_short

FACT_WORDS = {
    "status": "whether you have graduated",
    "graduation_year": "your year of graduation",
    "step1_passed": "whether you have passed Step 1",
    "step2_passed": "whether you have passed Step 2 CK",
    "ecfmg_certified": "whether you are ECFMG certified",
    "visa": "your visa or status",
    "step1_attempts": "the dates of your attempts",
    "step2_score": "your score in Step 2 CK",
    "enrolment_confirmed": "your school's confirmation",
}


@dataclass(frozen=True)
class Chip:
    """A filter in use, in words, and the address of the search without it."""

    name: str
    label: str
    url: str


@dataclass(frozen=True)
class Freed:
    """The one filter that stands most in the way."""

    label: str
    url: str
    count: int


@dataclass(frozen=True)
class Sort:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Found:
    criteria: Criteria
    listing: Listing
    counts: Counts
    chips: list[Chip]
    freed: Freed | None

    @property
    def summary(self) -> str:
        return ", ".join(chip.label for chip in self.chips) or "All rotations"

    @property
    def open_facets(self) -> list[Facet]:
        return [self.counts.facets[name] for name in ("kind", "specialty", "state")]

    @property
    def more_facets(self) -> list[Facet]:
        return [self.counts.facets[name] for name in ("setting", "hands_on")]

    @property
    def uses_more(self) -> bool:
        return bool({"city", "weeks", "setting", "hands_on"} & set(self.criteria.active))

    @property
    def missing(self) -> str:
        """The facts that some listing asks for and nobody told, as one phrase."""
        words = [FACT_WORDS[name] for name in self.counts.asked]
        return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)

    @property
    def sorts(self) -> list[Sort]:
        now = self.criteria
        return [
            Sort(label, now.sorted_by(name).query() or "?", name == now.sort)
            for name, label in SORTS.items()
        ]

    @property
    def match_words(self) -> tuple[str, ...]:
        return MATCH_WORDS if self.criteria.sort == "match" else ()


def find(
    criteria: Criteria,
    viewer: User | AnonymousUser,
    person: Person,
    *,
    cursor: str,
    today: date,
) -> Found:
    search = Search(criteria, person, today)
    number = counts(search)
    page = listing(search, viewer, cursor=cursor)
    chips = _chips(criteria, number)
    freed = None if number.total else _freed(search, chips)
    return Found(criteria, page, number, chips, freed)


def _freed(search: Search, chips: list[Chip]) -> Freed | None:
    found = freeing(search)
    if found is None:
        return None
    name, count = found
    label = ", ".join(chip.label for chip in chips if chip.name == name)
    return Freed(label, search.criteria.without(name).query() or "?", count)


def _chips(criteria: Criteria, number: Counts) -> list[Chip]:
    found = []
    for name in criteria.active:
        value = getattr(criteria, name)
        many = value if isinstance(value, tuple) else ("",)
        for one in many:
            label = number.label(name, one) if one else _typed(name, value)
            found.append(Chip(name, label, criteria.without(name, one).query() or "?"))
    return found


def _typed(name: str, value: Any) -> str:
    if isinstance(value, date):
        return f"{'From' if name == 'earliest' else 'Until'} {day_short(value)}"
    words = {
        "q": f"“{value}”",
        "qualify": "Only ones I qualify for",
        "price": f"At most {Money(int(value) * 100) if name == 'price' else ''}",
        "city": str(value),
        "weeks": f"At least {value} week{'' if value == 1 else 's'}",
    }
    return words[name]
