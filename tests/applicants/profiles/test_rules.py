import datetime as dt

import pytest

from applicants.profiles.rules import (
    KNOWN,
    Sitting,
    facts_from,
    has_score,
    next_day_for,
    notes_on,
    seven_years_by,
)

TODAY = dt.date(2026, 7, 1)


def sat(exam: str, day: str, outcome: str = "passed", score: int | None = None) -> Sitting:
    return Sitting(exam, dt.date.fromisoformat(day), outcome, score)


def test_every_known_fact_names_its_source_and_day() -> None:
    assert all(fact.source and fact.checked_on for fact in KNOWN.values())


@pytest.mark.parametrize(
    ("exam", "day", "told"),
    [
        ("step1", "2022-01-25", True),
        ("step1", "2022-01-26", False),
        ("step2_ck", "2024-01-01", True),
        ("oet", "2021-01-01", False),
    ],
)
def test_score_is_told_where_one_is_reported(exam: str, day: str, told: bool) -> None:
    assert has_score(exam, dt.date.fromisoformat(day)) is told


def test_attempts_say_when_and_at_which_try() -> None:
    told = facts_from(
        [
            sat("step1", "2024-05-01", "passed"),
            sat("step1", "2023-05-01", "failed"),
            sat("step2_ck", "2025-02-01", "passed", 251),
        ]
    )
    assert told == {
        "step1_passed": True,
        "step1_attempts": 2,
        "step1_passed_on": dt.date(2024, 5, 1),
        "step2_passed": True,
        "step2_attempts": 1,
        "step2_score": 251,
        "step2_passed_on": dt.date(2025, 2, 1),
    }


def test_waiting_is_no_pass_and_no_attempt_yet() -> None:
    told = facts_from([sat("step1", "2026-09-01", "waiting")])
    assert (told["step1_passed"], told["step1_attempts"]) == (False, 0)
    assert told["step2_passed"] is None


@pytest.mark.parametrize(
    ("first", "by"), [("2020-02-29", "2027-03-01"), ("2021-06-30", "2028-06-30")]
)
def test_seven_years_run_from_the_first_pass(first: str, by: str) -> None:
    sittings = [sat("step3", "2019-01-01"), sat("step2_ck", "2022-01-01"), sat("step1", first)]
    assert seven_years_by(sittings) == dt.date.fromisoformat(by)
    assert seven_years_by([sat("step1", "2020-01-01", "failed")]) is None


def test_fourth_attempt_waits_for_the_twelve_months() -> None:
    three = [sat("step1", f"2026-0{month}-01", "failed") for month in (1, 3, 5)]
    assert next_day_for(three, "step1", TODAY) == dt.date(2027, 1, 1)
    assert next_day_for(three[:2], "step1", TODAY) is None
    assert next_day_for(three, "step1", dt.date(2027, 1, 1)) is None


def test_notes_say_the_limits_and_the_window() -> None:
    failed = [sat("step2_ck", f"202{year}-03-01", "failed") for year in (1, 2, 3, 4)]
    first, second = notes_on([sat("step1", "2021-06-30"), *failed], TODAY)
    assert first.sentence == "Step 2 CK: you name 4 attempts; USMLE allows 4."
    assert second.sentence == "For ECFMG Certification, pass Step 2 CK by 30 June 2028."


def test_nothing_is_noted_once_both_are_passed() -> None:
    assert notes_on([sat("step1", "2021-06-30"), sat("step2_ck", "2022-06-30")], TODAY) == []


def test_three_in_a_year_are_noted_with_the_next_day() -> None:
    three = [sat("step1", f"2026-0{month}-01", "failed") for month in (1, 3, 5)]
    (note,) = notes_on(three, TODAY)
    assert note.sentence.endswith("possible from 1 January 2027.")
