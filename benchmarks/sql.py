"""What the search asks the database, in milliseconds, for the catalogue as it is."""

import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from rotations.catalog.models import Opening, Rotation, SearchRow
from rotations.catalog.verdicts import case_of, undated_stay
from rotations.discovery.forms import SearchForm
from rotations.discovery.queries.found import find
from rotations.discovery.queries.order import ordered
from rotations.discovery.queries.rows import PAGE
from rotations.discovery.queries.search import Search, matching
from rotations.eligibility.queries import person_of
from rotations.eligibility.rules import judge

REPEATS = 5
SAMPLE = 200
WORDS = ("stroke", "diabetes", "medicine", "observership clinic", "heart failure", "zebra")
CHOICES = (
    *("", "kind=externship", "state=IL&state=NY", "specialty=cardiology", "setting=inpatient"),
    *("price=2000", "sort=price", "hands_on=yes&kind=elective", "qualify=yes&sort=match"),
    *("earliest=2027-03-01&latest=2027-04-30", "earliest=2027-02-01&weeks=4&state=IL"),
)
FACTS = {"status": "graduate", "graduation_year": 2022, "visa": "b1_b2"}


def report_search() -> None:
    """The statements of one search with words and facets, together; then without words."""
    rows, dates = SearchRow.objects.count(), Opening.objects.count()
    print(f"search of {rows:,} rotations with {dates:,} dates: ms of SQL per search")
    print("                     p50     p95")
    for name, words in (("words and facets", WORDS), ("facets alone", ("",))):
        taken = sorted(
            _milliseconds(f"q={word}&{choice}")
            for word in words
            for choice in CHOICES
            for _repeat in range(REPEATS)
        )
        p95 = taken[int(0.95 * (len(taken) - 1))]
        print(f"{name:<17} {statistics.median(taken):7.1f} {p95:7.1f}")


def report_fit() -> None:
    """“Only ones I qualify for”: its one statement for the rows, and the verdict on one listing."""
    today = timezone.now().date()
    print("only ones I qualify for          p50     p95")
    for sort in ("soonest", "match", "price"):
        taken = sorted(_of_rows(f"qualify=yes&sort={sort}", today) for _ in range(10 * REPEATS))
        p95 = taken[int(0.95 * (len(taken) - 1))]
        print(f"ms, {sort:<24} {statistics.median(taken):7.1f} {p95:7.1f}")
    person = person_of(AnonymousUser(), FACTS)
    rows = SearchRow.objects.values_list("rotation", flat=True)[:SAMPLE]
    every = Rotation.objects.filter(pk__in=list(rows)).select_related("site")
    cases = [
        case_of(rotation, undated_stay(rotation, today), person)
        for rotation in every.prefetch_related("requirements", "matrix")
    ]
    spent = sorted(_timed(judge, case) for case in cases for _ in range(REPEATS))
    p95 = spent[int(0.95 * (len(spent) - 1))]
    print(f"ms, one verdict              {statistics.median(spent):9.3f} {p95:7.3f}")


def _of_rows(query: str, today: date) -> float:
    search = Search(SearchForm(QueryDict(query)).criteria, person_of(AnonymousUser(), FACTS), today)
    rows = ordered(matching(search), search).values("pk")[:PAGE]
    return _timed(list, rows)


def _timed(act: Callable[[Any], Any], on: Any) -> float:
    began = time.perf_counter()
    act(on)
    return 1000 * (time.perf_counter() - began)


def _milliseconds(query: str) -> float:
    spent = 0.0

    def timed(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal spent
        began = time.monotonic()
        try:
            return execute(*args)
        finally:
            spent += time.monotonic() - began

    criteria = SearchForm(QueryDict(query)).criteria
    today, person = timezone.now().date(), person_of(AnonymousUser(), FACTS)
    with connection.execute_wrapper(timed):
        find(criteria, AnonymousUser(), person, cursor="", today=today)
    return 1000 * spent
