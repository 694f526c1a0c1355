"""What was judged once is judged again to the same words; the engine's version holds it to that."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotations.eligibility.rules import Case, Facts, Paper, PaperState, Rule, Stay, Weight, judge
from rotations.eligibility.rules.changes import essences, mark_of, rule_changes
from rotations.eligibility.rules.kinds import STATUSES, VISAS
from rotations.eligibility.rules.packs import Place, text_rules
from rotations.eligibility.rules.receipts import (
    ENGINE,
    from_json,
    packs_in,
    papers_counted,
    receipt,
    replay,
    to_json,
)

KEPT = Path(__file__).parent / "receipts.json"
DAYS = st.dates(dt.date(2016, 1, 1), dt.date(2036, 12, 31))
TODAY = dt.date(2026, 11, 27)
RULES = [
    Rule("applicant_status", {"allowed": ["graduate"]}),
    Rule("graduation_within_years", {"years": 5}),
    Rule("enrolment_confirmed"),
    Rule("ecfmg_certified"),
    Rule("visa_accepted", {"accepted": ["b1_b2", "esta"]}),
    Rule("step1_passed"),
    Rule("step1_attempts", {"most": 1}),
    Rule("step2_passed"),
    Rule("step2_score", {"least": 240}),
    Rule("exams_in_window", {"window": 7}),
]
PAPERS = [Rule(kind, weight="by_start") for kind in ("tb_test", "drug_screen", "bls_card")]
TEXTS = text_rules(Place("externship", "CA", is_hands_on=True, in_person=True), TODAY)

facts_drawn = st.builds(
    Facts,
    status=st.sampled_from([None, *STATUSES]),
    graduation_year=st.none() | st.integers(1950, 2100),
    step1_passed=st.sampled_from([None, True, False]),
    step2_passed=st.sampled_from([None, True, False]),
    ecfmg_certified=st.sampled_from([None, True, False]),
    visa=st.sampled_from([None, *VISAS]),
    step1_attempts=st.none() | st.integers(0, 4),
    step1_passed_on=st.none() | DAYS,
    step2_score=st.none() | st.integers(200, 280),
    step2_passed_on=st.none() | DAYS,
    enrolment_confirmed=st.sampled_from([None, True, False]),
)
rules_drawn = st.lists(
    st.builds(
        lambda rule, weight: replace(rule, weight=weight),
        st.sampled_from(RULES),
        st.sampled_from(list(Weight)),
    )
    | st.sampled_from([*PAPERS, *TEXTS]),
    max_size=8,
)
paper_drawn = st.builds(
    Paper,
    state=st.sampled_from(list(PaperState)),
    issued_on=st.none() | DAYS,
    valid_until=st.none() | DAYS,
    newer=st.sampled_from(list(PaperState)),
    lead_days=st.integers(0, 90),
    valid_months=st.none() | st.integers(1, 36),
    to_month_end=st.booleans(),
)
stays_drawn = st.builds(
    lambda start, days, before: Stay(
        start, start + dt.timedelta(days), start - dt.timedelta(before)
    ),
    DAYS,
    st.integers(0, 200),
    st.integers(0, 500),
)
cases = st.builds(
    lambda rules, facts, stay, papers: Case(tuple(rules), facts, stay, papers),
    rules_drawn,
    facts_drawn,
    stays_drawn,
    st.dictionaries(st.sampled_from([rule.kind for rule in PAPERS]), paper_drawn),
)


@given(cases)
def test_stored_case_gives_the_same_verdict_again(case: Case) -> None:
    stored = json.loads(json.dumps(to_json(case)))
    assert from_json(stored) == case
    assert replay(stored) == judge(case)


@given(cases)
def test_papers_that_no_rule_names_are_not_kept_and_not_missed(case: Case) -> None:
    counted = papers_counted(case)
    assert judge(counted) == judge(case)
    assert set(counted.papers) <= {rule.kind for rule in case.rules}


@given(cases, st.sampled_from(sorted(Facts.__dataclass_fields__)))
def test_telling_more_never_opens_what_was_decided(case: Case, name: str) -> None:
    """Monotone: with one fact untold a *must* is decided only if it is decided alike with it."""
    full = judge(case)
    less = judge(replace(case, facts=replace(case.facts, **{name: None})))
    known = {f.kind: f.outcome for f in full.findings if f.weight == Weight.MUST}
    for finding in less.findings:
        if finding.weight == Weight.MUST and finding.outcome == "not_met":
            assert known[finding.kind] == "not_met"
    if less.outcome == "can_apply":
        assert full.outcome == "can_apply" or name in {"status", "step1_attempts", "step2_score"}


@given(cases)
def test_unknown_must_never_lets_apply(case: Case) -> None:
    verdict = judge(case)
    musts = [f.outcome for f in verdict.findings if f.weight == Weight.MUST]
    assert (verdict.outcome == "can_apply") == all(outcome == "met" for outcome in musts)


@given(cases)
def test_every_open_must_says_which_fact_it_waits_for(case: Case) -> None:
    for finding in judge(case).findings:
        if finding.weight == Weight.MUST and finding.outcome == "unknown":
            assert getattr(case.facts, finding.fact) is None
            assert finding.next_step


@pytest.mark.parametrize("kept", json.loads(KEPT.read_text()))
def test_engine_of_this_version_judges_as_it_did(kept: dict[str, object]) -> None:
    """A change that breaks this raises ENGINE and keeps the old receipts as they were."""
    inputs, verdict = kept["inputs"], kept["verdict"]
    assert isinstance(inputs, dict)
    if inputs["engine"] == ENGINE:
        assert json.loads(json.dumps(replay(inputs).to_json())) == verdict


def test_receipt_is_in_words() -> None:
    stay = Stay(dt.date(2027, 3, 29), dt.date(2027, 4, 23), TODAY)
    facts = Facts(status="student", visa="none", step1_passed=True, step1_passed_on=TODAY)
    papers = {"tb_test": Paper("accepted", valid_until=TODAY)}
    case = Case((*PAPERS[:1], *TEXTS), facts, stay, papers)
    shown = receipt(to_json(case), judge(case).to_json())
    assert shown.is_same
    assert shown.facts == [
        ("Status", "student"), ("Step 1 passed", "yes"), ("Visa or status", "none yet"),
        ("Step 1 passed on", "27 November 2026"),
    ]  # fmt: skip
    assert shown.papers == [("TB test", "accepted until 27 November 2026")]
    assert shown.packs == packs_in(to_json(case)) == ["state_text 1", "visa_text 1"]
    other = {**judge(case).to_json(), "sentence": "Otherwise."}
    assert not receipt(to_json(case), other).is_same


def test_mark_sees_rules_and_outcomes_and_nothing_else() -> None:
    stay = Stay(dt.date(2027, 3, 29), dt.date(2027, 4, 23), TODAY)
    case = Case(tuple(RULES[:2]), Facts(graduation_year=2025), stay)
    read_later = replace(case, rules=tuple(replace(r, checked_on=TODAY) for r in case.rules))
    told = replace(case, facts=Facts(graduation_year=2024))
    assert mark_of(case, judge(case)) == mark_of(read_later, judge(read_later))
    assert mark_of(case, judge(case)) == mark_of(told, judge(told))
    out = replace(case, facts=Facts(graduation_year=2001))
    assert mark_of(case, judge(case)) != mark_of(out, judge(out))


def test_changes_of_rules_are_sentences() -> None:
    stay = Stay(dt.date(2027, 3, 29), dt.date(2027, 4, 23), TODAY)
    before = Case((RULES[1], RULES[3], replace(RULES[5], weight=Weight.WISH)), Facts(), stay)
    longer = Rule("graduation_within_years", {"years": 8})
    after = Case((longer, RULES[7], PAPERS[0]), Facts(), stay)
    said = rule_changes(essences(before), judge(before), after, judge(after))
    assert said == [
        "Changed: Graduation in 2019 or later (at most 8 years before the start)",
        "New: USMLE Step 2 CK passed",
        "New: TB test (IGRA or skin test) from the last 12 months",
        "No longer asked: ECFMG certification",
    ]
    assert rule_changes(essences(before), judge(before), before, judge(before)) == []
    assert rule_changes(essences(before), None, Case((), Facts(), stay), judge(after)) == [
        "No longer asked: graduation within years", "No longer asked: ecfmg certified",
    ]  # fmt: skip
