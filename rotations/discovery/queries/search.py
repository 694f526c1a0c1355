"""Which rotations a search finds, in which order, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThanOrEqual, IsNull, LessThan

from rotations.catalog.models import HandsOn, Opening, SearchRow
from rotations.catalog.models.search import NO_DATE
from rotations.catalog.states import OpeningState
from rotations.discovery.criteria import FACETS, Criteria
from rotations.discovery.queries.fit import first_year, refused
from rotations.eligibility.queries import Person

YEARS_UNLIMITED = 1000
ALL_MILLIS = 100_000  # 100 percent, as `SearchRow.tax_millis` counts
CENTS = 100


class Weeks(Func):
    """Whole weeks from the first to the last day, as `Opening.weeks` counts them."""

    template = "((%(expressions)s + 7) / 7)"
    arg_joiner = " - "
    output_field = IntegerField()


class Within(Func):
    """Whether one of the days lies in the window."""

    template = "(%(expressions)s)"
    arg_joiner = " && "
    output_field = BooleanField()


class FirstWithin(Func):
    """The first of the days that lies in the window; null where none does."""

    template = "lower(%(expressions)s))"
    arg_joiner = " * datemultirange("
    output_field = DateField()


class Days(Func):
    """From the first to the last day, both in it; None is no end."""

    template = "daterange(%(expressions)s, '[]')"


@dataclass(frozen=True)
class Search:
    """Criteria with what they are judged by: the person who looks, and today."""

    criteria: Criteria
    person: Person
    today: date

    @property
    def known(self) -> Mapping[str, Any]:
        return self.person.known

    def without(self, name: str) -> "Search":
        return Search(self.criteria.without(name), self.person, self.today)


def openings(search: Search) -> QuerySet[Opening]:
    """Dates with a seat that fit the search, of the row of the outer query."""
    wanted = search.criteria
    found = Opening.objects.filter(
        rotation=OuterRef("pk"),
        state=OpeningState.OPEN,
        starts_on__gt=search.today,
        taken__lt=F("seats"),
    )
    if wanted.earliest:
        found = found.filter(starts_on__gte=wanted.earliest)
    if wanted.latest:
        found = found.filter(starts_on__lte=wanted.latest)
    length = Weeks("ends_on", "starts_on")
    if wanted.weeks:
        found = found.filter(GreaterThanOrEqual(length, wanted.weeks))
    if wanted.price:
        found = found.filter(LessThan(_whole(length), _most(wanted.price * CENTS)))
    if wanted.qualify and (graduated := search.known.get("graduation_year")):
        limit = Coalesce(OuterRef("needs_years"), Value(YEARS_UNLIMITED))
        found = found.filter(starts_on__year__lte=limit + Value(graduated))
    return found


def _whole(length: Weeks) -> Any:
    """A price with its tax, exact: in hundred thousandths of a cent."""
    net = OuterRef("base_cents") + OuterRef("weekly_cents") * length
    return Cast(net, BigIntegerField()) * (OuterRef("tax_millis") + Value(ALL_MILLIS))


def _most(cents: int) -> int:
    """Below this, a whole price rounds to no more than `cents`: half a cent of tax rounds up."""
    return cents * ALL_MILLIS + ALL_MILLIS // 2


def matching(search: Search) -> QuerySet[SearchRow]:
    """Every rotation that the search finds, in no order."""
    rows = with_typed(search)
    for name in FACETS:
        if values := getattr(search.criteria, name):
            rows = rows.filter(facet_condition(name, values))
    return rows


def with_typed(search: Search) -> QuerySet[SearchRow]:
    """As `matching`, but for the facets, whose counts each leave their own choice out."""
    wanted = search.criteria
    rows = SearchRow.objects.all()
    if wanted.q:
        words = SearchQuery(wanted.q, config="rounds_words", search_type="websearch")
        rows = rows.filter(document=words)
    if wanted.city:
        rows = rows.filter(city_key=Func(Value(wanted.city), function="rounds_plain"))
    if wanted.price:
        rows = rows.filter(least_cents__lte=wanted.price * CENTS)
    if wanted.qualify:
        for condition in refused(search.known, first_year(search.today), search.today):
            rows = rows.exclude(condition)
    if wanted.looks_at_dates:
        rows = rows.filter(Within("starts", window(search)))
        if wanted.weeks:
            rows = rows.filter(most_weeks__gte=wanted.weeks)
        if enough := by_listing(search):
            rows = rows.filter(enough | Q(IsNull(first_fitting(search), rhs=False)))
    return rows


def first_fitting(search: Search) -> Subquery:
    """The soonest start that fits, by its openings; null where there is none.

    As a condition it is asked row by row, where `Exists` beside an OR is made for all at once.
    """
    return Subquery(openings(search).order_by("starts_on").values("starts_on")[:1])


def window(search: Search) -> Days:
    tomorrow = search.today + timedelta(days=1)
    first = max(search.criteria.earliest or tomorrow, tomorrow)
    last = search.criteria.latest
    if last and last < first:
        first = last = NO_DATE  # nothing that has begun can be booked
    return Days(Value(first), Value(last, DateField()))


def by_listing(search: Search) -> Q:
    """Where a start inside the window is enough, so that no single opening has to be asked.

    Length, price by the week and the years since graduation may differ from date to date; an
    empty condition says that nothing of these is asked.
    """
    wanted = search.criteria
    enough = Q()
    if wanted.weeks:
        enough &= Q(least_weeks__gte=wanted.weeks)
    if wanted.price:
        enough &= Q(weekly_cents=0)
    if wanted.qualify and search.known.get("graduation_year"):
        enough &= Q(needs_years__isnull=True)
    return enough


def facet_condition(name: str, values: tuple[str, ...]) -> Q:
    if name != "hands_on":
        return Q(**{f"{name}__in": values})
    observes = Q(hands_on=HandsOn.OBSERVES)
    conditions: dict[tuple[str, ...], Q] = {("no",): observes, ("yes",): ~observes}
    return conditions.get(values, Q())
