"""`python -m benchmarks.fit`: what one verdict costs, and “only ones I qualify for”.

A verdict is timed by the processor, a statement by the clock on the wall.

With `--plan` the database says how it found the rows.
"""
# ruff: noqa: E402 -- models can only be imported once Django is set up

import statistics
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

django.setup()

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import QueryDict

from benchmarks.catalogue import LARGE, fill
from rotations.catalog.models import Rotation, SearchRow
from rotations.catalog.verdicts import case_of, undated_stay
from rotations.discovery.forms import SearchForm
from rotations.discovery.queries.order import KEYS, ordered
from rotations.discovery.queries.rows import PAGE
from rotations.discovery.queries.search import Search, matching
from rotations.eligibility.queries import person_of, untold_papers
from rotations.eligibility.rules import KINDS, PAPERS, Case, Facts, Rule, Stay, Weight, judge
from rotations.eligibility.rules.packs import Place, text_rules

REPEATS = 50
SAMPLE = 200
# Somebody who told next to nothing, and somebody who told all: more known, more conditions.
NEWCOMER = {"status": "graduate", "graduation_year": 2022, "visa": "b1_b2"}
TOLD = NEWCOMER | {
    "step1_passed": True,
    "step2_passed": True,
    "ecfmg_certified": False,
    "step1_attempts": 2,
    "step1_passed_on": date(2023, 3, 1),
    "step2_attempts": 1,
    "step2_score": 241,
    "step2_passed_on": date(2024, 6, 1),
}
PEOPLE: dict[str, dict[str, Any]] = {"three facts": NEWCOMER, "all facts": TOLD}
VALUES: dict[str, dict[str, Any]] = {
    "applicant_status": {"allowed": ["student", "graduate"]},
    "graduation_within_years": {"years": 5},
    "visa_accepted": {"accepted": ["b1_b2", "j1", "resident"]},
    "step1_attempts": {"most": 2},
    "step2_score": {"least": 230},
    "exams_in_window": {"window": 7},
}


def report_verdicts() -> None:
    """One verdict on a listing that asks for everything that can be asked."""
    today = datetime.now(UTC).date()
    begins = today + timedelta(days=60)
    place = Place("externship", "CA", is_hands_on=True, in_person=True)
    rules = [
        Rule(kind, VALUES.get(kind, {}), Weight.BY_START if kind in PAPERS else Weight.MUST)
        for kind in KINDS
    ]
    rules += text_rules(place, today)
    stay = Stay(begins, begins + timedelta(days=25), today)
    print("one verdict, ms              rules      p50     p95")
    for name, facts in PEOPLE.items():
        case = Case(tuple(rules), Facts(**facts), stay, untold_papers())
        _row(f"{name}, {len(judge(case).findings)} findings", len(rules), judge, [case] * 1000)


def report_listings() -> None:
    """The verdict on listings as they are in the catalogue."""
    today, person = datetime.now(UTC).date(), person_of(AnonymousUser(), TOLD)
    rows = SearchRow.objects.values_list("rotation", flat=True)[:SAMPLE]
    every = Rotation.objects.filter(pk__in=list(rows)).select_related("site")
    cases = [
        case_of(rotation, undated_stay(rotation, today), person)
        for rotation in every.prefetch_related("requirements", "matrix")
    ]
    most = max(len(case.rules) for case in cases)
    _row("listings of the catalogue", most, judge, cases * 5)


def report_filter(*, plan: bool = False) -> None:
    """The one statement that finds the first page of what somebody qualifies for."""
    print(f"only ones I qualify for, of {SearchRow.objects.count():,} rotations: ms")
    print("                                        p50     p95")
    for name, facts in PEOPLE.items():
        for sort in KEYS:
            rows = _page(facts, sort)
            _row(f"{name}, by {sort}", "", _read, [rows] * REPEATS, time.perf_counter)
            if plan:
                print(rows.explain(analyze=True, buffers=True))


def _page(facts: dict[str, Any], sort: str) -> QuerySet[SearchRow, Any]:
    criteria = SearchForm(QueryDict(f"qualify=yes&sort={sort}")).criteria
    search = Search(criteria, person_of(AnonymousUser(), facts), datetime.now(UTC).date())
    return ordered(matching(search), search).values("pk")[:PAGE]


def _read(rows: QuerySet[SearchRow, Any]) -> None:
    list(rows.all())


def _row(
    name: str,
    count: int | str,
    act: Callable[[Any], Any],
    on: Iterable[Any],
    clock: Callable[[], float] = time.thread_time,
) -> None:
    spent = sorted(_timed(act, one, clock) for one in on)
    p95 = spent[int(0.95 * (len(spent) - 1))]
    print(f"{name:<28} {count:>5} {statistics.median(spent):8.3f} {p95:7.3f}")


def _timed(act: Callable[[Any], Any], on: Any, clock: Callable[[], float]) -> float:
    began = clock()
    act(on)
    return 1000 * (clock() - began)


if __name__ == "__main__":
    report_verdicts()
    fill(LARGE)
    report_listings()
    report_filter(plan="--plan" in sys.argv)
