"""What a visitor looks for, and its one address: the order of parameters never varies (pure)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from rotations.catalog.models import RotationKind, Setting

HANDS_ON = {"yes": "You do or assist", "no": "You observe"}
SORTS = {"soonest": "Soonest start", "price": "Lowest total price", "match": "Best match"}
# In the order of the address. Facets are chosen by boxes, the others are typed.
FACETS = ("kind", "specialty", "state", "setting", "hands_on")
TYPED = ("q", "earliest", "latest", "price", "city", "weeks")
MOST_VALUES = 60
SPECIALTY = re.compile(r"[a-z0-9-]{1,40}")
STATE = re.compile(r"[A-Z]{2}")

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Criteria:
    """One search. An empty value is no filter; `price` is in whole dollars, at most."""

    q: str = ""
    qualify: bool = False
    kind: tuple[str, ...] = ()
    specialty: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    price: int | None = None
    city: str = ""
    weeks: int | None = None
    setting: tuple[str, ...] = ()
    hands_on: tuple[str, ...] = ()
    sort: str = "soonest"

    @property
    def active(self) -> list[str]:
        """The names of the filters in use, in the order of the address."""
        names = (field.name for field in fields(self) if field.name != "sort")
        return [name for name in names if getattr(self, name) not in ("", (), None, False)]

    @property
    def looks_at_dates(self) -> bool:
        """Whether single openings have to be looked at, not only the listing."""
        return bool(self.earliest or self.latest or self.weeks)

    def without(self, name: str, value: str = "") -> "Criteria":
        """The same search with one filter, or one value of it, taken away."""
        now = getattr(self, name)
        if isinstance(now, tuple):
            left: Any = tuple(one for one in now if value and one != value)
        else:
            left = getattr(Criteria, name)
        return replace(self, **{name: left})

    def sorted_by(self, sort: str) -> "Criteria":
        return replace(self, sort=sort)

    def pairs(self) -> Pairs:
        found: Pairs = []
        for name in self.active:
            value = getattr(self, name)
            many = value if isinstance(value, tuple) else (value,)
            found += [(name, "yes" if one is True else str(one)) for one in many]
        if self.sort != Criteria.sort:
            found.append(("sort", self.sort))
        return found

    def query(self) -> str:
        """What follows the path, with its question mark; nothing when there are no filters."""
        return f"?{urlencode(self.pairs())}" if self.pairs() else ""


def chosen(name: str, given: Iterable[str]) -> tuple[str, ...]:
    """The values of a facet that can be, each once and in their own order."""
    values = set(given)
    known = {"kind": RotationKind.values, "setting": Setting.values, "hands_on": list(HANDS_ON)}
    if name in known:
        return tuple(value for value in known[name] if value in values)
    shape = STATE if name == "state" else SPECIALTY
    fit = {value for value in values if shape.fullmatch(value)}
    return tuple(sorted(fit)[:MOST_VALUES])
