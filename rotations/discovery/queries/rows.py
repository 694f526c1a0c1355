"""The public list: light rows, a page at a time, keyed by publication and id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db.models import Q, QuerySet

from rotations.catalog.models import Opening, Rotation
from rotations.catalog.queries import published_rotations, rules_of, with_dates_and_rules
from rotations.discovery.queries.facts import as_facts
from rotations.eligibility.rules import Verdict, evaluate
from rotations.providers.queries import PreceptorLine, preceptor_line
from usce.accounts.models import User

SALT = "rounds.rotations"
PAGE = 25
FEW = 50


@dataclass(frozen=True)
class Row:
    """A rotation as the list shows it: its soonest opening with a seat, and how many more."""

    rotation: Rotation
    preceptor: PreceptorLine
    opening: Opening | None
    more: int
    verdict: Verdict | None

    @property
    def total_cents(self) -> int:
        return self.rotation.total_cents(self.opening.weeks) if self.opening else 0


@dataclass(frozen=True)
class Listing:
    rows: list[Row]
    next_cursor: str


def listing(
    viewer: User | AnonymousUser,
    known: Mapping[str, Any],
    *,
    cursor: str = "",
    today: date,
    size: int = PAGE,
) -> Listing:
    """One page of published rotations, newest first; an unreadable cursor gives the first page."""
    rows = _after(published_rotations(), cursor)
    found = list(with_dates_and_rules(rows, today)[: size + 1])
    shown = found[:size]
    following = _cursor(shown[-1]) if len(found) > size else ""
    return Listing([_row(rotation, viewer, known, today) for rotation in shown], following)


def count_capped() -> int | None:
    """How many rotations are public; None while there are so few that a number says nothing."""
    count = published_rotations().count()
    return count if count >= FEW else None


def _row(
    rotation: Rotation, viewer: User | AnonymousUser, known: Mapping[str, Any], today: date
) -> Row:
    upcoming: list[Opening] = rotation.upcoming  # type: ignore[attr-defined]  # set by prefetch
    free = [opening for opening in upcoming if opening.seats_left]
    opening = free[0] if free else None
    starts_on = opening.starts_on if opening else today
    verdict = evaluate(rules_of(rotation), as_facts(known), starts_on=starts_on) if known else None
    line = preceptor_line(rotation.preceptor, viewer)
    return Row(rotation, line, opening, max(len(free) - 1, 0), verdict)


def _after(rows: QuerySet[Rotation], cursor: str) -> QuerySet[Rotation]:
    last = _read(cursor)
    if last is None:
        return rows
    at, pk = last
    return rows.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk))


def _cursor(rotation: Rotation) -> str:
    at = rotation.published_at.isoformat() if rotation.published_at else ""
    return signing.dumps([at, rotation.pk], salt=SALT)


def _read(cursor: str) -> tuple[datetime, int] | None:
    try:
        at, pk = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return datetime.fromisoformat(at), pk
