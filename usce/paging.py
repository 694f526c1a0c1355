"""Pages by key: the cursor is the last row seen, signed; a bad one is page one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

T = TypeVar("T", bound=Model)
SALT = "rounds.cursor"
PAGE = 25


@dataclass(frozen=True)
class Page(Generic[T]):
    items: list[T]
    next_cursor: str


def page_of(rows: QuerySet[T], cursor: str, size: int = PAGE) -> Page[T]:
    """One page of rows ordered by falling id."""
    before = _read(cursor)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    items = list(rows[: size + 1])
    more = len(items) > size
    return Page(items[:size], signing.dumps(items[size - 1].pk, salt=SALT) if more else "")


def page_oldest_first(rows: QuerySet[T], cursor: str, *, by: str, size: int = PAGE) -> Page[T]:
    """One page of rows ordered by rising `by` (a datetime) and id."""
    last = _moment(_load(cursor))
    if last is not None:
        rows = later_than(rows, *last, by=by)
    items = list(rows[: size + 1])
    if len(items) <= size:
        return Page(items, "")
    shown = items[:size]
    key = [getattr(shown[-1], by).isoformat(), shown[-1].pk]
    return Page(shown, signing.dumps(key, salt=SALT))


def page_by_day(rows: QuerySet[T], cursor: str, *, by: str, size: int = PAGE) -> Page[T]:
    """One page of rows ordered by rising `by` (a date) and id."""
    last = _load(cursor)
    if isinstance(last, list):
        day, pk = date.fromisoformat(last[0]), last[1]
        beyond = Q(**{f"{by}__gt": day}) | Q(**{by: day, "pk__gt": pk})
        rows = rows.filter(Q(**{f"{by}__gte": day}) & beyond)
    items = list(rows[: size + 1])
    if len(items) <= size:
        return Page(items, "")
    shown = items[:size]
    key = [getattr(shown[-1], by).isoformat(), shown[-1].pk]
    return Page(shown, signing.dumps(key, salt=SALT))


def later_than(rows: QuerySet[T], at: datetime, pk: int, *, by: str) -> QuerySet[T]:
    """The rows that follow this key when ordered by rising `by` and id."""
    # The first condition is implied by the second; the index on `by` needs it said alone.
    beyond = Q(**{f"{by}__gt": at}) | Q(**{by: at, "pk__gt": pk})
    return rows.filter(Q(**{f"{by}__gte": at}) & beyond)


def next_url(request: HttpRequest, cursor: str) -> str:
    """The page's address with its filters and the next cursor; empty on the last page."""
    if not cursor:
        return ""
    query = request.GET.copy()
    query["after"] = cursor
    return f"?{query.urlencode()}"


def _read(cursor: str) -> int | None:
    value = _load(cursor)
    return value if isinstance(value, int) else None


def _moment(value: Any) -> tuple[datetime, int] | None:
    if not isinstance(value, list):
        return None
    return datetime.fromisoformat(value[0]), value[1]


def _load(cursor: str) -> Any:
    try:
        return signing.loads(cursor, salt=SALT) if cursor else None
    except signing.BadSignature:
        return None
