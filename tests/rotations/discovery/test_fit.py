"""The search says in SQL what the engine says: row by row, on rows and facts made up at random."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rotations.catalog.models import Duty, Requirement, Rotation, RotationKind, SearchRow
from rotations.catalog.verdicts import stay_of, verdict_on
from rotations.discovery.criteria import Criteria
from rotations.discovery.queries.fit import FITS, OPEN, UNFIT, asked
from rotations.discovery.queries.order import ordered
from rotations.discovery.queries.search import Search, matching
from rotations.eligibility.queries import Person
from rotations.eligibility.rules import VerdictOutcome, Weight
from rotations.eligibility.rules.kinds import STATUSES, VISAS
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.providers import PreceptorFactory, ProviderFactory, SiteFactory
from tests.factories.reference import StateFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 27)
START = dt.date(2027, 3, 29)
FIT = {
    VerdictOutcome.CAN_APPLY: FITS,
    VerdictOutcome.UNKNOWN: OPEN,
    VerdictOutcome.CANNOT_APPLY: UNFIT,
}
DAYS = st.dates(dt.date(2018, 2, 28), dt.date(2030, 12, 31))
some = st.lists(st.sampled_from(sorted(STATUSES)), min_size=1, unique=True)
visas = st.lists(st.sampled_from(sorted(VISAS)), min_size=1, max_size=3, unique=True)
RULES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "applicant_status": st.builds(lambda v: {"allowed": v}, some),
    "graduation_within_years": st.builds(lambda v: {"years": v}, st.integers(0, 6)),
    "enrolment_confirmed": st.just({}),
    "ecfmg_certified": st.just({}),
    "visa_accepted": st.builds(lambda v: {"accepted": v}, visas),
    "step1_passed": st.just({}),
    "step1_attempts": st.builds(lambda v: {"most": v}, st.integers(1, 3)),
    "step2_passed": st.just({}),
    "step2_score": st.builds(lambda v: {"least": v}, st.integers(225, 235)),
    "exams_in_window": st.builds(lambda v: {"window": v}, st.integers(2, 8)),
}
weights = st.sampled_from([Weight.MUST, Weight.MUST, Weight.BY_START, Weight.WISH])
rules_drawn = st.lists(st.sampled_from(sorted(RULES)), max_size=3, unique=True).flatmap(
    lambda kinds: st.fixed_dictionaries({k: st.tuples(RULES[k], weights) for k in kinds})
)
kinds_drawn = st.sampled_from([k for k in RotationKind.values if k != RotationKind.TELEMEDICINE])
settings_drawn = st.sampled_from(["outpatient", "outpatient", "remote"])
rows_drawn = st.lists(
    st.tuples(kinds_drawn, settings_drawn, st.booleans(), rules_drawn), min_size=2, max_size=5
)
FACTS: dict[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from(sorted(STATUSES)),
    "graduation_year": st.integers(2018, 2028),
    "step1_passed": st.booleans(),
    "step2_passed": st.booleans(),
    "ecfmg_certified": st.booleans(),
    "visa": st.sampled_from(sorted(VISAS)),
    "step1_attempts": st.integers(0, 4),
    "step1_passed_on": DAYS,
    "step2_score": st.integers(225, 235),
    "step2_passed_on": DAYS,
    "enrolment_confirmed": st.booleans(),
}
facts_drawn = st.fixed_dictionaries({}, optional=FACTS)
Told = tuple[str, str, bool, dict[str, tuple[dict[str, Any], str]]]


@pytest.fixture
def host(db: None) -> dict[str, Any]:
    provider = ProviderFactory()
    site = SiteFactory(provider=provider, region=StateFactory(code="CA", name="California"))
    return {
        "provider": provider,
        "site": site,
        "preceptor": PreceptorFactory(provider=provider),
    }


def listed(told: Told, host: dict[str, Any]) -> Rotation:
    kind, setting, hands_on, rules = told
    rotation = RotationFactory(kind=kind, setting=setting, **host)
    OpeningFactory(rotation=rotation, starts_on=START, ends_on=START + dt.timedelta(25))
    if hands_on:
        Duty.objects.create(rotation=rotation, duty="exam", place="outpatient", level="assist")
    Requirement.objects.bulk_create(
        Requirement(rotation=rotation, kind=kind, params=params, weight=weight)
        for kind, (params, weight) in rules.items()
    )
    return rotation


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=rows_drawn, known=facts_drawn)
def test_search_agrees_with_the_engine_row_by_row(
    host: dict[str, Any], rows: list[Told], known: dict[str, Any]
) -> None:
    Requirement.objects.all().delete()
    Duty.objects.all().delete()
    made = {rotation.pk: rotation for rotation in (listed(told, host) for told in rows)}
    person = Person(known)
    search = Search(Criteria(qualify=True, sort="match"), person, TODAY)
    fresh = {r.pk: r for r in Rotation.objects.filter(pk__in=made).prefetch_related("matrix")}
    verdicts = {
        pk: verdict_on(rotation, stay_of(rotation.openings.get(), TODAY), person)
        for pk, rotation in fresh.items()
    }
    rows_found: Any = ordered(SearchRow.objects.filter(pk__in=made), search)
    fits = {row.pk: row.fit for row in rows_found}
    assert fits == {pk: FIT[VerdictOutcome(v.outcome)] for pk, v in verdicts.items()}
    shown = set(matching(search).filter(pk__in=made).values_list("pk", flat=True))
    assert shown == {pk for pk, verdict in verdicts.items() if verdict.outcome != "cannot_apply"}
    waited = {f.fact for v in verdicts.values() for f in v.findings if f.weight == Weight.MUST}
    assert waited - {""} <= set(asked(known, TODAY))
