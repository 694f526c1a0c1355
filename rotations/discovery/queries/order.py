"""In which order results stand, and where the next page begins."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.db.models import Case, Expression, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from rotations.catalog.models import SearchRow
from rotations.catalog.models.search import NO_DATE
from rotations.discovery.queries.fit import first_year, fit_of
from rotations.discovery.queries.search import (
    FirstWithin,
    Search,
    by_listing,
    first_fitting,
    window,
)

SALT = "rounds.search"
LICENSE_FRESH = timedelta(days=365)
# Each sort's keys, all rising; the row's id comes last and makes the order total.
KEYS: dict[str, tuple[str, ...]] = {
    "soonest": ("first_on",),
    "price": ("least_cents",),
    "match": ("fit", "undated", "license_old", "first_on", "least_cents"),
}
# The page says these words; the keys of "match" above are their order.
MATCH_WORDS = (
    "required rules: those you meet by what you told us, then those left open, then those unmet",
    "dates: those with a seat before those without",
    "license: those our staff looked up within the last year",
    "start: the sooner",
    "total price: the lower",
)


def ordered(rows: QuerySet[SearchRow], search: Search) -> QuerySet[SearchRow]:
    keys = KEYS[search.criteria.sort]
    made = {name: key for name, key in _expressions(search).items() if name in keys}
    return rows.annotate(**made).order_by(*keys, "pk")


def after(rows: QuerySet[SearchRow], sort: str, cursor: str) -> QuerySet[SearchRow]:
    """The rows behind the cursor; all of them for one that is unreadable or of another order."""
    place = _read(sort, cursor)
    if place is None:
        return rows
    names = (*KEYS[sort], "pk")
    # The first bound alone lets an index begin in the middle.
    return rows.filter(Q(**{f"{names[0]}__gte": place[0]}) & _behind(names, place))


def cursor_of(row: SearchRow, sort: str) -> str:
    values = [getattr(row, name) for name in (*KEYS[sort], "pk")]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return signing.dumps([sort, *plain], salt=SALT)


def _expressions(search: Search) -> dict[str, Expression]:
    first = _first_start(search)
    fresh = search.today - LICENSE_FRESH
    return {
        "first_on": first,
        "fit": fit_of(search.known, first_year(search.today), search.today),
        "undated": _flag(Q(soonest_on__isnull=True)),
        "license_old": _flag(~Q(license_checked_on__gte=fresh)),
    }


def _first_start(search: Search) -> Expression:
    """The soonest start that fits the search; far away where there is none."""
    far = Value(NO_DATE)
    if not search.criteria.looks_at_dates:
        return Coalesce("soonest_on", far)
    inside = FirstWithin("starts", window(search))
    enough = by_listing(search)
    return Case(When(enough, then=inside), default=first_fitting(search)) if enough else inside


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _behind(names: Sequence[str], place: Sequence[Any]) -> Q:
    """Lexicographic: the first key is greater, or it is equal and the rest lies behind."""
    name, value = names[0], place[0]
    found = Q(**{f"{name}__gt": value})
    if len(names) > 1:
        found |= Q(**{name: value}) & _behind(names[1:], place[1:])
    return found


def _read(sort: str, cursor: str) -> list[Any] | None:
    try:
        told, *values = signing.loads(cursor, salt=SALT) if cursor else [""]
    except (signing.BadSignature, TypeError, ValueError):
        return None
    if told != sort:
        return None
    names = (*KEYS[sort], "pk")
    return [
        date.fromisoformat(value) if name == "first_on" else value
        for name, value in zip(names, values, strict=True)
    ]
