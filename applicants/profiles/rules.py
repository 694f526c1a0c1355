"""What is known about the examinations: limits, windows and how a result is told.

Pure: no database and no clock. The numbers stand in `data/exam_rules.csv`, each with its source
and the day on which it was read. They inform; whether a person may sit again is for USMLE to say.
"""

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STEP1, STEP2, STEP3, OET = "step1", "step2_ck", "step3", "oet"
STEPS = (STEP1, STEP2, STEP3)
CERTIFYING = (STEP1, STEP2)
PASSED, FAILED, WAITING = "passed", "failed", "waiting"
LEAP_DAY = (2, 29)
ADULT_YEARS = 18
NAMES = {STEP1: "Step 1", STEP2: "Step 2 CK", STEP3: "Step 3", OET: "OET Medicine"}


@dataclass(frozen=True)
class Known:
    """A fact about the world, with where and when it was read."""

    value: str
    source: str
    checked_on: dt.date


def _read() -> dict[str, Known]:
    path = Path(__file__).parent / "data" / "exam_rules.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return {
            row["name"]: Known(
                row["value"], row["source"], dt.date.fromisoformat(row["checked_on"])
            )
            for row in csv.DictReader(file)
        }


KNOWN = _read()
MOST_ATTEMPTS = int(KNOWN["attempts_per_step"].value)
MOST_IN_A_YEAR = int(KNOWN["attempts_in_12_months"].value)
WINDOW_YEARS = int(KNOWN["window_years"].value)
PASS_FAIL_FROM = dt.date.fromisoformat(KNOWN["step1_pass_fail_from"].value)


@dataclass(frozen=True)
class Sitting:
    """One attempt, as the rules see it."""

    exam: str
    taken_on: dt.date
    outcome: str
    score: int | None = None


@dataclass(frozen=True)
class Note:
    """A sentence about a person's own attempts, with the rule's source."""

    sentence: str
    source: str
    checked_on: dt.date


def has_score(exam: str, taken_on: dt.date) -> bool:
    """Whether a result of that day is told as a number from 1 to 300."""
    return exam in STEPS and not (exam == STEP1 and taken_on >= PASS_FAIL_FROM)


def facts_from(sittings: Iterable[Sitting]) -> dict[str, Any]:
    """What the attempts say, by the names of the facts; an exam without attempts says nothing.

    An attempt counts once it has a result. `passed` is False while a first result is awaited.
    """
    told = list(sittings)
    one = _facts_of_exam(told, STEP1)
    two = _facts_of_exam(told, STEP2)
    return {
        "step1_passed": one.passed,
        "step1_attempts": one.attempts,
        "step1_passed_on": one.passed_on,
        "step2_passed": two.passed,
        "step2_attempts": two.attempts,
        "step2_score": two.score,
        "step2_passed_on": two.passed_on,
    }


@dataclass(frozen=True)
class _ExamFacts:
    passed: bool | None = None
    attempts: int | None = None
    passed_on: dt.date | None = None
    score: int | None = None


def _facts_of_exam(sittings: list[Sitting], exam: str) -> _ExamFacts:
    own = sorted((s for s in sittings if s.exam == exam), key=lambda s: s.taken_on)
    if not own:
        return _ExamFacts()
    attempts = sum(s.outcome != WAITING for s in own)
    first_pass = next((s for s in own if s.outcome == PASSED), None)
    if first_pass is None:
        return _ExamFacts(passed=False, attempts=attempts)
    return _ExamFacts(
        passed=True, attempts=attempts, passed_on=first_pass.taken_on, score=first_pass.score
    )


def seven_years_by(sittings: Iterable[Sitting]) -> dt.date | None:
    """The day by which Step 1 and Step 2 CK are to be passed both; none before a first pass."""
    passes = [s.taken_on for s in sittings if s.exam in CERTIFYING and s.outcome == PASSED]
    return _years_after(min(passes), WINDOW_YEARS) if passes else None


def next_day_for(sittings: Iterable[Sitting], exam: str, today: dt.date) -> dt.date | None:
    """The first day on which another attempt is within three in 12 months; none if that is now."""
    days = sorted(s.taken_on for s in sittings if s.exam == exam)
    if len(days) < MOST_IN_A_YEAR:
        return None
    free_on = _years_after(days[-MOST_IN_A_YEAR], 1)
    return free_on if free_on > today else None


def notes_on(sittings: Iterable[Sitting], today: dt.date) -> list[Note]:
    """What the limits mean for these attempts, in sentences."""
    told = list(sittings)
    notes = [note for exam in STEPS for note in _notes_on_exam(told, exam, today)]
    both = {s.exam for s in told if s.exam in CERTIFYING and s.outcome == PASSED}
    by = seven_years_by(told)
    if by is not None and len(both) < len(CERTIFYING):
        missing = NAMES[STEP2] if STEP1 in both else NAMES[STEP1]
        notes.append(
            _note("window_years", f"For ECFMG Certification, pass {missing} by {_day(by)}.")
        )
    return notes


def adult_on(born_on: dt.date) -> dt.date:
    """The day on which the person is of age."""
    return _years_after(born_on, ADULT_YEARS)


def _notes_on_exam(told: list[Sitting], exam: str, today: dt.date) -> Iterable[Note]:
    own = [s for s in told if s.exam == exam]
    if not own or any(s.outcome == PASSED for s in own):
        return
    if len(own) >= MOST_ATTEMPTS:
        yield _note(
            "attempts_per_step",
            f"{NAMES[exam]}: you name {len(own)} attempts; USMLE allows {MOST_ATTEMPTS}.",
        )
    elif free_on := next_day_for(own, exam, today):
        yield _note(
            "attempts_in_12_months",
            f"{NAMES[exam]}: {MOST_IN_A_YEAR} attempts are allowed in 12 months, so the next one "
            f"is possible from {_day(free_on)}.",
        )


def _note(name: str, sentence: str) -> Note:
    return Note(sentence, KNOWN[name].source, KNOWN[name].checked_on)


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _years_after(day: dt.date, years: int) -> dt.date:
    if (day.month, day.day) == LEAP_DAY:
        return dt.date(day.year + years, 3, 1)
    return day.replace(year=day.year + years)
