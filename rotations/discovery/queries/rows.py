"""Results as the list shows them: a page of rotations, each with its soonest dates that fit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import JSONObject

from rotations.catalog.models import HandsOn, Opening, PricePer, Rotation, SearchRow
from rotations.catalog.rules import tax_cents
from rotations.catalog.verdicts import stay_of, undated_stay, verdict_on
from rotations.discovery.criteria import Criteria
from rotations.discovery.queries.order import after, cursor_of, ordered
from rotations.discovery.queries.search import Search, matching, openings
from rotations.eligibility.queries import Person
from rotations.eligibility.rules import Verdict
from rotations.providers.queries import PreceptorLine, preceptor_line
from usce.accounts.models import User

PAGE = 25
SHOWN = (
    *("rotation__public_id", "rotation__slug", "rotation__title", "rotation__price_cents"),
    *("rotation__price_per", "rotation__platform_fee_cents", "rotation__updated_at"),
    *("rotation__kind", "rotation__setting", "rotation__weeks", "hands_on"),
    *("rotation__provider__name", "rotation__provider__is_demo"),
    *("rotation__site__city", "rotation__site__region_id"),
    *("rotation__preceptor__name", "rotation__preceptor__credentials"),
    *("rotation__preceptor__shown", "rotation__preceptor__specialty__name"),
    *("least_cents", "tax_millis", "soonest_on", "license_checked_on"),
)
OPENING = ("id", "public_id", "starts_on", "ends_on", "seats", "taken")


@dataclass(frozen=True)
class Row:
    """A rotation with its soonest dates that fit the search, and how many more there are."""

    rotation: Rotation
    preceptor: PreceptorLine
    opening: Opening | None
    more: int
    verdict: Verdict | None
    least_cents: int
    tax_percent: Decimal
    license_on: date | None

    @property
    def url(self) -> str:
        return f"/rotations/{self.rotation.public_id}-{self.rotation.slug}"

    @property
    def total_cents(self) -> int:
        """The whole price of the dates shown."""
        net = self.rotation.net_cents(self.opening.weeks) if self.opening else 0
        return net + tax_cents(net, self.tax_percent)

    @property
    def is_cheaper_elsewhere(self) -> bool:
        """Whether other dates of a listing priced by the week cost less than those shown."""
        by_week = self.rotation.price_per == PricePer.WEEK
        return by_week and self.least_cents < self.total_cents


@dataclass(frozen=True)
class Listing:
    rows: list[Row]
    next_cursor: str


def listing(
    search: Search, viewer: User | AnonymousUser, *, cursor: str = "", size: int = PAGE
) -> Listing:
    """One page of what the search finds; an unreadable cursor gives the first page."""
    sort = search.criteria.sort
    place = after(ordered(matching(search), search), sort, cursor).values("pk")[: size + 1]
    # Ordered over narrow rows first; what a page shows is joined to these few.
    rows = ordered(SearchRow.objects.filter(pk__in=place), search)
    found = list(_shown(rows, search))
    following = cursor_of(found[size - 1], sort) if len(found) > size else ""
    return Listing(_rows(found[:size], search, viewer), following)


def newest(viewer: User | AnonymousUser, person: Person, *, today: date, size: int) -> list[Row]:
    search = Search(Criteria(), person, today)
    rows = SearchRow.objects.order_by("-published_at", "-pk")
    return _rows(list(_shown(rows, search)[:size]), search, viewer)


def among(
    public_ids: list[str], viewer: User | AnonymousUser, person: Person, *, today: date
) -> list[Row]:
    """The rows of these rotations as far as they are public, in no order."""
    search = Search(Criteria(), person, today)
    rows = SearchRow.objects.filter(rotation__public_id__in=public_ids)
    return _rows(list(_shown(rows, search)), search, viewer)


def _shown(rows: QuerySet[SearchRow], search: Search) -> QuerySet[SearchRow]:
    fitting = openings(search)
    shown = JSONObject(**{name: name for name in OPENING})
    soonest = fitting.order_by("starts_on", "id").values(shown=shown)[:1]
    number = fitting.order_by().values("rotation").annotate(n=Count("pk")).values("n")
    rows = rows.select_related(
        "rotation__provider", "rotation__site", "rotation__preceptor__specialty"
    ).only(*SHOWN)
    if search.known:
        rows = rows.prefetch_related("rotation__requirements")
    return rows.annotate(soonest=Subquery(soonest), dates=Subquery(number))


def _rows(found: list[SearchRow], search: Search, viewer: User | AnonymousUser) -> list[Row]:
    return [_row(row, search, viewer) for row in found]


def _row(row: SearchRow, search: Search, viewer: User | AnonymousUser) -> Row:
    marks: Any = row
    opening = _opening(marks.soonest)
    verdict = _verdict(row, opening, search) if search.known else None
    line = preceptor_line(row.rotation.preceptor, viewer)
    more = max((marks.dates or 0) - 1, 0)
    license_on, tax = row.license_checked_on, row.tax_percent
    return Row(row.rotation, line, opening, more, verdict, row.least_cents, tax, license_on)


def _verdict(row: SearchRow, opening: Opening | None, search: Search) -> Verdict:
    """As on the rotation's page; what the duties are stands in the row already."""
    rotation, today = row.rotation, search.today
    stay = stay_of(opening, today) if opening else undated_stay(rotation, today)
    return verdict_on(rotation, stay, search.person, assists=row.hands_on > HandsOn.OBSERVES)


def _opening(told: dict[str, Any] | None) -> Opening | None:
    if told is None:
        return None
    days = {name: date.fromisoformat(told[name]) for name in ("starts_on", "ends_on")}
    return Opening(**told | days)
