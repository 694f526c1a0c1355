"""Pages by key: the cursor is the last id seen, signed; a bad one is page one."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet
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


def next_url(request: HttpRequest, cursor: str) -> str:
    """The page's address with its filters and the next cursor; empty on the last page."""
    if not cursor:
        return ""
    query = request.GET.copy()
    query["after"] = cursor
    return f"?{query.urlencode()}"


def _read(cursor: str) -> int | None:
    try:
        value = signing.loads(cursor, salt=SALT) if cursor else None
    except signing.BadSignature:
        return None
    return value if isinstance(value, int) else None
