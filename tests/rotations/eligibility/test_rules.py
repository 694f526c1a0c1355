import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applicants.profiles.models import Status, VisaHeld
from rotations.eligibility.rules import (
    KINDS,
    PAPERS,
    BadRule,
    Facts,
    Outcome,
    Rule,
    Verdict,
    VerdictOutcome,
    Weight,
    check_rule,
    evaluate,
    facts_asked,
)
from rotations.eligibility.rules.kinds import HELD, IN_PERSON_ONLY, STATUSES, VISAS
from rotations.eligibility.rules.parts import Stay

START = dt.date(2026, 10, 5)
STAY = Stay(START, dt.date(2026, 10, 30), dt.date(2026, 7, 1))
BOTH = Rule("applicant_status", {"allowed": ["student", "graduate"]})
GRADUATES = Rule("applicant_status", {"allowed": ["graduate"]})
FIVE_YEARS = Rule("graduation_within_years", {"years": 5})
STEP1 = Rule("step1_passed")
STEP2 = Rule("step2_passed", weight=Weight.BY_START)
ECFMG = Rule("ecfmg_certified", weight=Weight.WISH)
VISA = Rule("visa_accepted", {"accepted": ["b1_b2", "esta"]}, weight=Weight.BY_START)

rules_drawn = st.lists(
    st.builds(
        lambda rule, weight: replace(rule, weight=weight),
        st.sampled_from([BOTH, GRADUATES, FIVE_YEARS, STEP1, STEP2, ECFMG, VISA]),
        st.sampled_from(list(Weight)),
    ),
    max_size=7,
)
facts_drawn = st.builds(
    Facts,
    status=st.sampled_from([None, *STATUSES]),
    graduation_year=st.none() | st.integers(1950, 2100),
    step1_passed=st.sampled_from([None, True, False]),
    step2_passed=st.sampled_from([None, True, False]),
    ecfmg_certified=st.sampled_from([None, True, False]),
    visa=st.sampled_from([None, *VISAS]),
)
ORDER = [VerdictOutcome.CANNOT_APPLY, VerdictOutcome.UNKNOWN, VerdictOutcome.CAN_APPLY]


def verdict(*rules: Rule, **facts: Any) -> Verdict:
    return evaluate(rules, Facts(**facts), stay=STAY)


def test_vocabulary_knows_what_a_profile_may_say() -> None:
    assert set(STATUSES) == set(Status.values)
    assert set(VISAS) == set(HELD) == set(VisaHeld.values)


@pytest.mark.parametrize(
    ("rules", "facts", "sentence"),
    [
        ([], {}, "You can apply."),
        ([STEP1], {"step1_passed": True}, "You can apply."),
        ([STEP2], {"step2_passed": False}, "You can apply; one thing is due by the start."),
        ([STEP2, VISA], {}, "You can apply; two things are due by the start."),
        ([ECFMG], {"ecfmg_certified": False}, "You can apply."),
        ([STEP1], {}, "One answer is missing to tell."),
        ([STEP1, FIVE_YEARS], {}, "Two answers are missing to tell."),
        ([STEP1] * 8, {}, "8 answers are missing to tell."),
        (
            [FIVE_YEARS],
            {"graduation_year": 2015},
            "This host asks for graduation in 2021 or later; your graduation year is 2015.",
        ),
        (
            [GRADUATES, STEP1],
            {"status": "student"},
            "This host accepts medical graduates; you are a medical student.",
        ),
        (
            [STEP1, FIVE_YEARS],
            {"step1_passed": False, "graduation_year": 2015},
            (
                "This host asks for a pass in USMLE Step 1; you have not passed Step 1 yet, "
                "and one more rule is not met."
            ),
        ),
        (
            [STEP1, FIVE_YEARS, GRADUATES],
            {"step1_passed": False, "graduation_year": 2015, "status": "student"},
            (
                "This host asks for a pass in USMLE Step 1; you have not passed Step 1 yet, "
                "and 2 more rules are not met."
            ),
        ),
    ],
)
def test_verdict_is_one_sentence(
    rules: list[Rule], facts: dict[str, object], sentence: str
) -> None:
    assert verdict(*rules, **facts).sentence == sentence


def test_finding_names_rule_fact_and_next_step() -> None:
    (found,) = verdict(VISA, visa="f1").findings
    assert found.rule == "This host accepts: B-1 or B-2 and ESTA"
    assert found.yours == "You have an F-1."
    assert found.next_step == (
        "Due by the start on 5 October 2026. This is the host's rule, not a legal answer: "
        "ask the consulate or a lawyer what you may do."
    )


def test_finding_of_an_accepted_visa_still_sends_to_the_consulate() -> None:
    (found,) = verdict(VISA, visa="esta").findings
    assert found.outcome == Outcome.MET
    assert "ask the consulate or a lawyer" in found.next_step


def test_finding_of_an_unmet_exam_says_when_to_come_back() -> None:
    assert verdict(STEP1, step1_passed=False).findings[0].next_step == "Apply once you have it."
    assert verdict(STEP2, step2_passed=False).findings[0].next_step == (
        "Due by the start on 5 October 2026."
    )
    assert verdict(ECFMG, ecfmg_certified=False).findings[0].next_step == ""


def test_finding_of_a_wish_says_that_it_is_one() -> None:
    assert verdict(ECFMG).findings[0].rule == "Preferred: ECFMG certification"


@pytest.mark.parametrize(("year", "outcome"), [(2020, "not_met"), (2021, "met"), (2027, "met")])
def test_graduation_counts_calendar_years_before_the_start(year: int, outcome: str) -> None:
    assert verdict(FIVE_YEARS, graduation_year=year).findings[0].outcome == outcome


def test_graduation_within_one_year_is_singular() -> None:
    (found,) = verdict(Rule("graduation_within_years", {"years": 1})).findings
    assert found.rule == "Graduation in 2025 or later (at most 1 year before the start)"


def test_rule_of_unknown_kind_never_lets_apply() -> None:
    told = verdict(Rule("moon_phase"))
    assert told.outcome == VerdictOutcome.UNKNOWN
    assert told.findings[0].next_step == "Ask the host about this requirement."


def test_facts_asked_each_once_in_order_of_rules() -> None:
    rules = [STEP1, FIVE_YEARS, STEP1, Rule("moon_phase"), VISA]
    assert facts_asked(rules) == ["step1_passed", "graduation_year", "visa"]


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("moon_phase", {}),
        ("step1_passed", {"score": 250}),
        ("graduation_within_years", {}),
        ("graduation_within_years", {"years": -1}),
        ("graduation_within_years", {"years": True}),
        ("graduation_within_years", {"years": 61}),
        ("applicant_status", {"allowed": []}),
        ("applicant_status", {"allowed": "student"}),
        ("visa_accepted", {"accepted": ["b1_b2", "green"]}),
    ],
)
def test_check_rule_refuses_what_nobody_could_answer(kind: str, params: dict[str, object]) -> None:
    with pytest.raises(BadRule):
        check_rule(kind, params, weight="must", in_person=True)


@pytest.mark.parametrize("rule", [BOTH, FIVE_YEARS, STEP1, VISA])
def test_check_rule_passes_the_vocabulary(rule: Rule) -> None:
    check_rule(rule.kind, rule.params, weight="by_start", in_person=True)


def test_every_kind_asks_for_facts_of_a_person_or_for_a_paper() -> None:
    asked = {name: kind.facts for name, kind in KINDS.items()}
    assert {name for name, facts in asked.items() if not facts} == set(PAPERS)
    assert {fact for facts in asked.values() for fact in facts} <= set(Facts.__dataclass_fields__)


def test_papers_are_due_by_the_start_and_ask_nothing_before() -> None:
    rules = [Rule("tb_test", weight="by_start"), Rule("bls_card", weight="by_start")]
    verdict = evaluate(rules, Facts(), stay=STAY)
    assert verdict.sentence == "You can apply; two things are due by the start."
    assert facts_asked(rules) == []
    with pytest.raises(BadRule, match="asked for by the start"):
        check_rule("tb_test", {}, weight="must", in_person=True)


@pytest.mark.parametrize("kind", sorted(IN_PERSON_ONLY))
def test_remote_rotation_asks_for_no_visa_and_no_health_papers(kind: str) -> None:
    params = {"accepted": ["b1_b2"]} if kind == "visa_accepted" else {}
    check_rule(kind, params, weight="by_start", in_person=True)
    with pytest.raises(BadRule, match="remote"):
        check_rule(kind, params, weight="by_start", in_person=False)


@given(rules_drawn, facts_drawn)
def test_verdict_survives_json(rules: list[Rule], facts: Facts) -> None:
    dated = [replace(rule, source="listing", checked_on=START) for rule in rules]
    for told in (dated, rules):
        found = evaluate(told, facts, stay=STAY)
        assert Verdict.from_json(json.loads(json.dumps(found.to_json()))) == found


@given(rules_drawn, facts_drawn)
def test_unanswered_must_never_lets_apply(rules: list[Rule], facts: Facts) -> None:
    told = evaluate(rules, facts, stay=STAY)
    musts = [f.outcome for f in told.findings if f.weight == Weight.MUST]
    assert (told.outcome == VerdictOutcome.CAN_APPLY) == all(o == Outcome.MET for o in musts)


@given(rules_drawn, facts_drawn, st.sampled_from(sorted(Facts.__dataclass_fields__)))
def test_telling_less_never_decides_more(rules: list[Rule], facts: Facts, name: str) -> None:
    full = evaluate(rules, facts, stay=STAY).outcome
    less = evaluate(rules, replace(facts, **{name: None}), stay=STAY).outcome
    assert less in {full, VerdictOutcome.UNKNOWN, VerdictOutcome.CANNOT_APPLY}
    assert less != VerdictOutcome.CANNOT_APPLY or full == VerdictOutcome.CANNOT_APPLY


@given(rules_drawn, facts_drawn)
def test_each_further_rule_never_helps(rules: list[Rule], facts: Facts) -> None:
    outcomes = [
        ORDER.index(VerdictOutcome(evaluate(rules[:n], facts, stay=STAY).outcome))
        for n in range(len(rules) + 1)
    ]
    assert outcomes == sorted(outcomes, reverse=True)


@given(rules_drawn, facts_drawn)
def test_only_musts_decide(rules: list[Rule], facts: Facts) -> None:
    musts = [rule for rule in rules if rule.weight == Weight.MUST]
    full = evaluate(rules, facts, stay=STAY)
    assert full.outcome == evaluate(musts, facts, stay=STAY).outcome
