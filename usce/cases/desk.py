"""A case as a reviewer reads it: how old, how late, whose; and where the next one is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from usce.cases.models import Case
from usce.cases.queries import live_case
from usce.cases.states import LIVE
from usce.jobs.outages import effective_deadline, outages_since
from usce.text import clean_line


@dataclass(frozen=True)
class Line:
    """`due_at` is the deadline with every stretch added in which the clocks stood still."""

    case: Case
    due_at: datetime
    age: timedelta
    late_by: timedelta | None
    is_mine: bool
    kind: str = ""

    @property
    def is_free(self) -> bool:
        return self.case.owner_id is None and self.case.state in LIVE

    @property
    def next_url(self) -> str:
        """The case after this one, of the type that the reader works through."""
        return next_address(self.case, self.kind)


def lines_of(cases: Iterable[Case], user: Any, now: datetime, kind: str = "") -> list[Line]:
    """One query for all of them, whatever their number."""
    known = list(cases)
    outages = outages_since(min(case.opened_at for case in known)) if known else []
    return [
        _line(
            case,
            effective_deadline(case.due_at, set_at=case.opened_at, now=now, outages=outages),
            user,
            now,
            kind,
        )
        for case in known
    ]


def line_on(kind: str, subject: Any, request: HttpRequest, now: datetime) -> Line | None:
    """The live case of this kind about the subject, for the bar above its page."""
    case = live_case(kind, subject)
    return None if case is None else line_of(case, request, now)


def line_of(case: Case, request: HttpRequest, now: datetime) -> Line:
    due_at = effective_deadline(case.due_at, set_at=case.opened_at, now=now)
    return _line(case, due_at, request.user, now, filter_of(request))


def filter_of(request: HttpRequest) -> str:
    """The type that the reader works through; it travels from page to page in the address."""
    return clean_line(request.GET.get("type", ""))[:60]


def next_address(case: Case | None, kind: str) -> str:
    """Where the next case of the same type opens by itself."""
    told = {"type": kind, "after": case.public_id if case else ""}
    query = urlencode({name: value for name, value in told.items() if value})
    return reverse("console:next") + (f"?{query}" if query else "")


def _line(case: Case, due_at: datetime, user: Any, now: datetime, kind: str) -> Line:
    late_by = now - due_at if due_at < now and case.state in LIVE else None
    return Line(case, due_at, now - case.opened_at, late_by, case.owner_id == user.pk, kind)
