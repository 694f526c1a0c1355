"""Who may apply, said in SQL: what the engine says of the *must* rules, row by row.

A test holds every condition here to the engine, on rows and facts made up at random.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Expression, F, Q, Value, When
from django.db.models.functions import Coalesce, ExtractYear
from django.db.models.lookups import GreaterThan

from rotations.catalog.models import HandsOn, Setting
from rotations.eligibility.rules import Facts
from rotations.eligibility.rules.kinds.exams import window_of
from rotations.eligibility.rules.packs import HANDS_ON_KINDS, Row, refusals

FITS, OPEN, UNFIT = 0, 1, 2
Known = Mapping[str, Any]
IN_PERSON = ~Q(setting=Setting.REMOTE)
HANDS_ON = Q(hands_on__gt=HandsOn.OBSERVES) | Q(kind__in=HANDS_ON_KINDS)
STEP1, STEP2 = Q(needs_step1=True), Q(needs_step2=True)
ATTEMPTS, SCORE = Q(needs_attempts__isnull=False), Q(needs_score__isnull=False)
WINDOW, ENROLMENT = Q(needs_window__isnull=False), Q(needs_enrolment=True)
STATUS, VISA = Q(needs_status__isnull=False), Q(needs_visa__isnull=False)
YEARS, ECFMG = Q(needs_years__isnull=False), Q(needs_ecfmg=True)


def first_year(today: date) -> Expression:
    """The year of the listing's soonest start: the one in which most graduates still fit."""
    return ExtractYear(Coalesce("soonest_on", Value(today)))


def refused(known: Known, year: Expression, today: date) -> list[Q]:
    """The conditions under which a *must* is not met by what is known, for a start in `year`."""
    found = [*_by_profile(known), *_by_exams(known)]
    if graduated := known.get("graduation_year"):
        found.append(YEARS & Q(GreaterThan(year, F("needs_years") + Value(graduated))))
    found += [_about(row) for row in refusals(today) if _named(row, known) == set()]
    return found


def fit_of(known: Known, year: Expression, today: date) -> Case:
    """0 meets every required rule, 1 an answer is missing, 2 a rule speaks against it."""
    against = [When(condition, then=Value(UNFIT)) for condition in refused(known, year, today)]
    unsaid = [When(condition, then=Value(OPEN)) for condition in asked(known, today).values()]
    return Case(*against, *unsaid, default=Value(FITS))


def asked(known: Known, today: date) -> dict[str, Q]:
    """Each fact that nobody told, with the condition under which a *must* waits for it."""
    conditions = {name: make(known) for name, make in WAITS.items()}
    for row in refusals(today):
        for name in _named(row, known) or ():
            conditions[name] |= _about(row)
    return {name: condition for name, condition in conditions.items() if condition}


def _by_profile(known: Known) -> list[Q]:
    found = []
    for name, asks, column in (("status", STATUS, "needs_status"), ("visa", VISA, "needs_visa")):
        if value := known.get(name):
            found.append(asks & ~Q(**{f"{column}__contains": [value]}))
    if known.get("ecfmg_certified") is False:
        found.append(ECFMG)
    if known.get("enrolment_confirmed") is False and known.get("status") == "student":
        found.append(ENROLMENT)
    return found


def _by_exams(known: Known) -> list[Q]:
    found = []
    if known.get("step1_passed") is False:
        found.append(STEP1 | ATTEMPTS | WINDOW)
    if known.get("step2_passed") is False:
        found.append(STEP2 | SCORE | WINDOW)
    if (made := known.get("step1_attempts")) is not None:
        found.append(Q(needs_attempts__lt=made))
    if (score := known.get("step2_score")) is not None:
        found.append(Q(needs_score__gt=score))
    if _both_passed(known) and (span := window_of(_facts(known))) is not None:
        found.append(Q(needs_window__lt=span))
    return found


def _both_passed(known: Known) -> bool:
    return known.get("step1_passed") is True and known.get("step2_passed") is True


def _facts(known: Known) -> Facts:
    return Facts(**known)


def _unless(name: str, *asks: Q) -> Callable[[Known], Q]:
    """Waits for this one fact alone."""

    def waits(known: Known) -> Q:
        return reduce(or_, asks) if known.get(name) is None else Q()

    return waits


def _enrolment_waits(known: Known) -> Q:
    is_asked = known.get("status") == "student" and known.get("enrolment_confirmed") is None
    return ENROLMENT if is_asked else Q()


def _status_waits(known: Known) -> Q:
    if known.get("status") is not None:
        return Q()
    return STATUS if known.get("enrolment_confirmed") else STATUS | ENROLMENT


def _attempts_wait(known: Known) -> Q:
    found = Q()
    if known.get("step1_attempts") is None and known.get("step1_passed"):
        found |= ATTEMPTS
    if _both_passed(known) and window_of(_facts(known)) is None:
        found |= WINDOW
    return found


def _score_waits(known: Known) -> Q:
    is_open = known.get("step2_score") is None and known.get("step2_passed")
    return SCORE if is_open else Q()


# In the order in which they are asked for.
WAITS: dict[str, Callable[[Known], Q]] = {
    "status": _status_waits,
    "graduation_year": _unless("graduation_year", YEARS),
    "step1_passed": _unless("step1_passed", STEP1, ATTEMPTS, WINDOW),
    "step1_attempts": _attempts_wait,
    "step2_passed": _unless("step2_passed", STEP2, SCORE, WINDOW),
    "step2_score": _score_waits,
    "ecfmg_certified": _unless("ecfmg_certified", ECFMG),
    "visa": _unless("visa", VISA),
    "enrolment_confirmed": _enrolment_waits,
}


def _named(row: Row, known: Known) -> set[str] | None:
    """The facts that the row still waits for; none at all once it speaks; None: it is not hers."""
    unsaid = set()
    for name, values in (("status", row.get("statuses")), ("visa", row.get("visas"))):
        if not values:
            continue
        if known.get(name) is None:
            unsaid.add(name)
        elif known[name] not in values:
            return None
    return unsaid


def _about(row: Row) -> Q:
    condition = IN_PERSON
    if row.get("hands_on"):
        condition &= HANDS_ON
    for column in ("kind", "state"):
        if values := row.get(f"{column}s"):
            condition &= Q(**{f"{column}__in": values})
    return condition
