"""What the search asks the database, in milliseconds, for the catalogue as it is.

`python -m benchmarks.sql` alone takes the large catalogue.
"""

# ruff: noqa: E402 -- models can only be imported once Django is set up
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from benchmarks.catalogue import LARGE, fill
from rotations.catalog.models import Opening, SearchRow
from rotations.discovery.forms import SearchForm
from rotations.discovery.queries.found import find
from rotations.eligibility.queries import person_of

REPEATS = 5
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


if __name__ == "__main__":
    fill(LARGE)
    report_search()
