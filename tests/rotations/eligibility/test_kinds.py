"""Exams, enrolment and papers: what each says, and which day it names."""

import datetime as dt
from typing import Any

import pytest

from rotations.eligibility.rules import (
    BadRule,
    Facts,
    Finding,
    Paper,
    Rule,
    Stay,
    Weight,
    check_rule,
    evaluate,
    first_fit,
)
from rotations.eligibility.rules.kinds.exams import years_after
from rotations.eligibility.rules.kinds.papers import first_issue

TODAY = dt.date(2026, 11, 27)
STAY = Stay(dt.date(2027, 3, 29), dt.date(2027, 4, 23), TODAY)
TB: dict[str, Any] = {"lead_days": 14, "valid_months": 12}
LEAP = dt.date(2024, 2, 29)


def found(kind: str, params: dict[str, Any] | None = None, **facts: Any) -> Finding:
    (one,) = evaluate([Rule(kind, params or {})], Facts(**facts), stay=STAY).findings
    return one


def paper(kind: str, told: Paper, stay: Stay = STAY) -> Finding:
    rules = [Rule(kind, weight="by_start")]
    (one,) = evaluate(rules, Facts(), stay=stay, papers={kind: told}).findings
    return one


@pytest.mark.parametrize(
    ("facts", "outcome", "fact"),
    [
        ({}, "unknown", "step1_passed"),
        ({"step1_passed": True}, "unknown", "step1_attempts"),
        ({"step1_passed": True, "step1_attempts": 1}, "met", ""),
        ({"step1_passed": True, "step1_attempts": 2}, "not_met", ""),
        ({"step1_passed": False}, "not_met", ""),
        ({"step1_passed": False, "step1_attempts": 0}, "not_met", ""),
        ({"step1_passed": False, "step1_attempts": 1}, "not_met", ""),
    ],
)
def test_first_attempt(facts: dict[str, Any], outcome: str, fact: str) -> None:
    one = found("step1_attempts", {"most": 1}, **facts)
    assert (one.outcome, one.fact) == (outcome, fact)


def test_attempts_are_worded_by_their_number() -> None:
    one = found("step1_attempts", {"most": 2}, step1_passed=True, step1_attempts=3)
    assert one.rule == "USMLE Step 1 passed within 2 attempts"
    assert one.yours == "You told 3 attempts at Step 1."


@pytest.mark.parametrize(
    ("facts", "outcome", "fact"),
    [
        ({}, "unknown", "step2_passed"),
        ({"step2_passed": True}, "unknown", "step2_score"),
        ({"step2_passed": True, "step2_score": 240}, "met", ""),
        ({"step2_passed": True, "step2_score": 239}, "not_met", ""),
        ({"step2_passed": False}, "not_met", ""),
    ],
)
def test_least_score(facts: dict[str, Any], outcome: str, fact: str) -> None:
    one = found("step2_score", {"least": 240}, **facts)
    assert (one.outcome, one.fact) == (outcome, fact)


@pytest.mark.parametrize(
    ("second", "outcome"),
    [(dt.date(2031, 3, 1), "met"), (dt.date(2031, 3, 2), "not_met"), (LEAP, "met")],
)
def test_window_that_begins_on_a_leap_day(second: dt.date, outcome: str) -> None:
    one = found(
        "exams_in_window", {"window": 7}, step1_passed=True, step2_passed=True,
        step1_passed_on=LEAP, step2_passed_on=second,
    )  # fmt: skip
    assert one.outcome == outcome


def test_window_names_the_day_by_which_to_pass() -> None:
    told = {"step1_passed": True, "step1_passed_on": LEAP, "step2_passed": False}
    assert found("exams_in_window", {"window": 7}, **told).next_step == (
        "Pass Step 2 CK by 1 March 2031."
    )
    ended = found("exams_in_window", {"window": 1}, **told)
    assert ended.next_step.startswith("The 1 years ended on 1 March 2025")
    assert found("exams_in_window", {"window": 7}, step1_passed=False).next_step == (
        "Apply once you have it."
    )


@pytest.mark.parametrize(
    ("facts", "fact"),
    [
        ({}, "step1_passed"),
        ({"step1_passed": True}, "step2_passed"),
        ({"step1_passed": True, "step2_passed": True}, "step1_attempts"),
    ],
)
def test_window_says_what_it_waits_for(facts: dict[str, Any], fact: str) -> None:
    one = found("exams_in_window", {"window": 7}, **facts)
    assert (one.outcome, one.fact) == ("unknown", fact)


@pytest.mark.parametrize(
    ("status", "confirmed", "outcome", "fact"),
    [
        (None, None, "unknown", "status"),
        (None, False, "unknown", "status"),
        (None, True, "met", ""),
        ("graduate", None, "met", ""),
        ("graduate", False, "met", ""),
        ("student", None, "unknown", "enrolment_confirmed"),
        ("student", True, "met", ""),
        ("student", False, "not_met", ""),
    ],
)
def test_enrolment_is_asked_of_students(
    status: str | None, confirmed: bool | None, outcome: str, fact: str
) -> None:
    one = found("enrolment_confirmed", status=status, enrolment_confirmed=confirmed)
    assert (one.outcome, one.fact) == (outcome, fact)


def test_student_is_told_from_when_on_graduates_are_taken() -> None:
    rule = {"allowed": ["graduate"]}
    one = found("applicant_status", rule, status="student", graduation_year=2027)
    assert one.earliest_on == dt.date(2027, 1, 1)
    assert one.next_step == "You can apply once you have graduated, by what you told in 2027."
    this_year = found("applicant_status", rule, status="student", graduation_year=2026)
    assert this_year.earliest_on == TODAY
    past = found("applicant_status", rule, status="student", graduation_year=2020)
    assert past.next_step == "Look for rotations open to medical students."


def test_graduation_limit_names_the_last_year_that_fits() -> None:
    one = found("graduation_within_years", {"years": 5}, graduation_year=2021)
    assert one.next_step == "A start in 2026 or before is within the limit."


@pytest.mark.parametrize(
    ("told", "outcome", "yours", "step"),
    [
        (Paper(**TB), "unknown", "", "Book the TB test by 15 March 2027."),
        (
            Paper("missing", **TB),
            "unknown",
            "You have not added one.",
            "Book the TB test by 15 March 2027.",
        ),
        (Paper("checking", **TB), "unknown", "Your TB test is being checked.", "Our staff look"),
        (
            Paper("refused", **TB),
            "not_met",
            "Your TB test was not accepted.",
            "Book the TB test by 15 March 2027.",
        ),
        (Paper("accepted", **TB), "met", "Your TB test is accepted.", ""),
        (
            Paper("accepted", valid_until=STAY.ends_on, **TB),
            "met",
            "Your TB test is accepted until 23 April 2027.",
            "",
        ),
        (
            Paper("accepted", valid_until=STAY.ends_on - dt.timedelta(1), **TB),
            "not_met",
            "Your TB test counts until 22 April 2027; the rotation ends on 23 April 2027.",
            "Book the TB test by 15 March 2027.",
        ),
        (
            Paper("accepted", valid_until=STAY.starts_on, newer="checking", **TB),
            "unknown",
            (
                "Your TB test counts until 29 March 2027; the rotation ends on 23 April 2027. "
                "A newer one is being checked."
            ),
            "Our staff look",
        ),
    ],
)
def test_paper_is_read_to_the_last_day(told: Paper, outcome: str, yours: str, step: str) -> None:
    one = paper("tb_test", told)
    assert (one.outcome, one.yours) == (outcome, yours)
    assert one.next_step.startswith(step)


def test_paper_says_the_first_day_on_which_it_can_be_there() -> None:
    assert paper("tb_test", Paper(**TB)).earliest_on == TODAY + dt.timedelta(14)
    late = Stay(TODAY + dt.timedelta(5), TODAY + dt.timedelta(30), TODAY)
    one = paper("tb_test", Paper(**TB), late)
    assert one.next_step.startswith("Book the TB test at once: it is usually there by 11 December")
    far = Stay(dt.date(2028, 2, 1), dt.date(2028, 2, 29), TODAY)
    one = paper("tb_test", Paper(**TB), far)
    assert one.earliest_on == dt.date(2027, 3, 1)
    assert one.next_step.startswith("Book the TB test between 1 March 2027 and 18 January 2028.")


def test_drug_screen_is_fresh_on_the_first_day() -> None:
    old = Paper("accepted", issued_on=dt.date(2027, 2, 26), lead_days=10)
    assert paper("drug_screen", old).yours == (
        "Your drug screen is from 26 February 2027, too old on the first day."
    )
    fresh = Paper("accepted", issued_on=dt.date(2027, 2, 27), lead_days=10)
    assert paper("drug_screen", fresh).outcome == "met"
    assert paper("drug_screen", Paper("missing", lead_days=10)).next_step.startswith(
        "Take the drug screen between 27 February 2027 and 19 March 2027."
    )


def test_host_may_ask_for_a_newer_paper_than_usual() -> None:
    """The stay begins on 29 March 2027."""
    rule = Rule("tb_test", {"months": 6}, Weight.BY_START)
    dated: dict[str, Any] = {
        "valid_until": dt.date(2027, 9, 27),
        "lead_days": 14,
        "valid_months": 12,
    }

    def read(issued_on: dt.date, by: Rule = rule) -> Finding:
        one = Paper("accepted", issued_on, **dated)
        return evaluate([by], Facts(), stay=STAY, papers={by.kind: one}).findings[0]

    old = read(dt.date(2026, 9, 28))
    assert old.rule == ("TB test (IGRA or skin test) from the last 6 months before the start")
    assert (old.outcome, old.earliest_on) == ("not_met", TODAY + dt.timedelta(14))
    assert old.yours == "Your TB test is from 28 September 2026, too old on the first day."
    assert read(dt.date(2026, 9, 29)).outcome == "met"
    check = Rule("background_check", {"months": 1}, Weight.BY_START)
    assert read(dt.date(2027, 3, 1), check).rule == (
        "Background check by the host's own vendor, from the last month before the start"
    )


@pytest.mark.parametrize("months", [0, 12, "6", True, None])
def test_newer_than_usual_is_one_to_eleven_months(months: object) -> None:
    with pytest.raises(BadRule, match="from 1 to 11"):
        check_rule("tb_test", {"months": months}, weight="by_start", in_person=True)
    check_rule("tb_test", {"months": 11}, weight="by_start", in_person=True)
    with pytest.raises(BadRule, match="takes no values"):
        check_rule("diploma", {"months": 6}, weight="by_start", in_person=True)


def test_insurance_covers_from_the_first_day() -> None:
    late = Paper("accepted", dt.date(2027, 3, 30), dt.date(2027, 12, 31), lead_days=7)
    assert paper("health_insurance", late).yours == (
        "Your health insurance begins on 30 March 2027, after the start."
    )


@pytest.mark.parametrize(
    ("last", "months", "to_month_end", "first"),
    [
        (dt.date(2028, 2, 29), 12, False, dt.date(2027, 3, 1)),
        (dt.date(2027, 5, 31), 15, False, dt.date(2026, 3, 1)),
        (dt.date(2027, 2, 28), 1, False, dt.date(2027, 1, 28)),
        (dt.date(2027, 5, 3), 24, True, dt.date(2025, 5, 1)),
        (dt.date(2027, 5, 3), None, False, dt.date.min),
    ],
)
def test_first_day_of_issue(
    last: dt.date, months: int | None, to_month_end: bool, first: dt.date
) -> None:
    assert first_issue(last, months, to_month_end=to_month_end) == first


def test_years_after_a_leap_day() -> None:
    assert years_after(LEAP, 4) == dt.date(2028, 2, 29)
    assert years_after(LEAP, 7) == dt.date(2031, 3, 1)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("step1_attempts", {"most": 0}),
        ("step2_score", {"least": 301}),
        ("exams_in_window", {}),
        ("enrolment_confirmed", {"by": "mail"}),
        ("text:anything", {}),
    ],
)
def test_what_no_host_may_ask(kind: str, params: dict[str, Any]) -> None:
    with pytest.raises(BadRule):
        check_rule(kind, params, weight="must", in_person=True)


def test_first_dates_that_fit() -> None:
    rules = [Rule("graduation_within_years", {"years": 5})]
    stays = [Stay(dt.date(y, 2, 1), dt.date(y, 2, 29 - 1), TODAY) for y in (2028, 2027, 2026)]
    assert first_fit(rules, Facts(graduation_year=2022), stays, {}) == stays[1]
    assert first_fit(rules, Facts(graduation_year=2001), stays, {}) is None
