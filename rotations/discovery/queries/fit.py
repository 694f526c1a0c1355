"""Who may apply, said in SQL: the listing's required rules against what the visitor told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Case, Expression, F, Q, Value, When
from django.db.models.functions import Coalesce, ExtractYear
from django.db.models.lookups import GreaterThan

# Each fact with the condition under which a listing asks for it.
ASKED: dict[str, Q] = {
    "status": Q(needs_status__isnull=False),
    "graduation_year": Q(needs_years__isnull=False),
    "step1_passed": Q(needs_step1=True),
    "step2_passed": Q(needs_step2=True),
    "ecfmg_certified": Q(needs_ecfmg=True),
    "visa": Q(needs_visa__isnull=False),
}
LISTS = {"status": "needs_status", "visa": "needs_visa"}
FITS, OPEN, UNFIT = 0, 1, 2
Known = Mapping[str, Any]


def first_year(today: date) -> Expression:
    """The year of the listing's soonest start: the one in which most graduates still fit."""
    return ExtractYear(Coalesce("soonest_on", Value(today)))


def refused(known: Known, year: Expression) -> list[Q]:
    """One condition per known fact: a required rule speaks against it, for a start in `year`."""
    found = []
    for name, asks in ASKED.items():
        value = known.get(name)
        if name in LISTS and value:
            found.append(asks & ~Q(**{f"{LISTS[name]}__contains": [value]}))
        elif name == "graduation_year" and value:
            found.append(asks & Q(GreaterThan(year, F("needs_years") + Value(value))))
        elif value is False:
            found.append(asks)
    return found


def missing(known: Known) -> list[str]:
    return [name for name in ASKED if known.get(name) is None]


def fit_of(known: Known, year: Expression) -> Case:
    """0 meets every required rule, 1 an answer is missing, 2 a rule speaks against it."""
    against = [When(condition, then=Value(UNFIT)) for condition in refused(known, year)]
    unsaid = [When(ASKED[name], then=Value(OPEN)) for name in missing(known)]
    return Case(*against, *unsaid, default=Value(FITS))
