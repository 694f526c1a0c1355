"""Requirements of examinations: passed, within so many attempts, with a score, in a window."""

import datetime as dt

from rotations.eligibility.rules.parts import Case, Facts, Outcome
from rotations.eligibility.rules.words import Kind, Params, Reader, Reading, day, no_params, whole

STEP1, STEP2 = "Step 1", "Step 2 CK"
MOST_ATTEMPTS, BEST_SCORE, LONGEST_WINDOW = 10, 300, 20
TIMES = {1: "at the first attempt"}
TELL_ATTEMPTS = "Tell your attempts with their dates, in your profile under Examinations."


def _passed(fact: str, name: str) -> Kind:
    rule, clause = f"USMLE {name} passed", f"This host asks for a pass in USMLE {name}"

    def read(_params: Params, case: Case) -> Reading:
        told = getattr(case.facts, fact)
        if told is None:
            question = f"Say whether you have passed {name}."
            return Reading(Outcome.UNKNOWN, rule, clause, "", question)
        if told:
            return Reading(Outcome.MET, rule, clause, f"You have passed {name}.")
        return Reading(Outcome.NOT_MET, rule, clause, f"You have not passed {name} yet.")

    return Kind((fact,), no_params, read)


def _attempts(params: Params, case: Case) -> Reading:
    most, facts = params["most"], case.facts
    times = TIMES.get(most, f"within {most} attempts")
    rule, clause = f"USMLE Step 1 passed {times}", f"This host asks for Step 1 passed {times}"
    passed, made = facts.step1_passed, facts.step1_attempts
    if (made or 0) > most or (passed is False and made == most):
        step = "Look for rotations that set no limit on attempts."
        return Reading(Outcome.NOT_MET, rule, clause, _made(made or 0), step)
    if passed is False:
        return Reading(Outcome.NOT_MET, rule, clause, "You have not passed Step 1 yet.")
    if passed and made is not None:
        return Reading(Outcome.MET, rule, clause, _made(made))
    fact = "step1_passed" if passed is None else "step1_attempts"
    step = "Say whether you have passed Step 1." if passed is None else TELL_ATTEMPTS
    return Reading(Outcome.UNKNOWN, rule, clause, "", step, fact=fact)


def _made(attempts: int) -> str:
    return f"You told {attempts} attempt{'' if attempts == 1 else 's'} at Step 1."


def _score(params: Params, case: Case) -> Reading:
    least, score, passed = params["least"], case.facts.step2_score, case.facts.step2_passed
    rule = f"USMLE Step 2 CK with {least} or more"
    clause = f"This host asks for {least} or more in Step 2 CK"
    if passed is False:
        return Reading(Outcome.NOT_MET, rule, clause, "You have not passed Step 2 CK yet.")
    if score is not None and score < least:
        step = "Look for rotations without a minimum score: a passed Step is not repeated."
        return Reading(Outcome.NOT_MET, rule, clause, f"Your score is {score}.", step)
    if score is not None and passed:
        return Reading(Outcome.MET, rule, clause, f"Your score is {score}.")
    fact = "step2_passed" if passed is None else "step2_score"
    step = "Say whether you have passed Step 2 CK." if passed is None else TELL_ATTEMPTS
    return Reading(Outcome.UNKNOWN, rule, clause, "", step, fact=fact)


def window_of(facts: Facts) -> int | None:
    """The fewest whole years within which both Steps were passed; None while a day is untold."""
    one, two = facts.step1_passed_on, facts.step2_passed_on
    if one is None or two is None:
        return None
    first, last = min(one, two), max(one, two)
    years = last.year - first.year
    return years if years_after(first, years) >= last else years + 1


def _window(params: Params, case: Case) -> Reading:
    years, facts = params["window"], case.facts
    rule = f"Step 1 and Step 2 CK passed within {years} years of each other"
    clause = f"This host asks for Step 1 and Step 2 CK passed within {years} years"
    missing = [n for n, p in _steps(facts) if p is False]
    if missing:
        return _pass_by(rule, clause, missing[0], years, case)
    span = window_of(facts)
    if span is None or not (facts.step1_passed and facts.step2_passed):
        unsaid = [fact for fact in ("step1_passed", "step2_passed") if getattr(facts, fact) is None]
        fact = unsaid[0] if unsaid else "step1_attempts"
        step = TELL_ATTEMPTS if not unsaid else "Say which of the two Steps you have passed."
        return Reading(Outcome.UNKNOWN, rule, clause, "", step, fact=fact)
    yours = f"You passed them within {span} year{'' if span == 1 else 's'}."
    if span <= years:
        return Reading(Outcome.MET, rule, clause, yours)
    step = "Look for rotations without this rule; for ECFMG's own limit ask ECFMG."
    return Reading(Outcome.NOT_MET, rule, clause, yours, step)


def _steps(facts: Facts) -> tuple[tuple[str, bool | None], ...]:
    return ((STEP1, facts.step1_passed), (STEP2, facts.step2_passed))


def _pass_by(rule: str, clause: str, name: str, years: int, case: Case) -> Reading:
    yours = f"You have not passed {name} yet."
    passed_on = case.facts.step1_passed_on or case.facts.step2_passed_on
    if passed_on is None:
        return Reading(Outcome.NOT_MET, rule, clause, yours)
    by = years_after(passed_on, years)
    if by < case.stay.today:
        step = f"The {years} years ended on {day(by)}: look for rotations without this rule."
        return Reading(Outcome.NOT_MET, rule, clause, yours, step)
    return Reading(Outcome.NOT_MET, rule, clause, yours, f"Pass {name} by {day(by)}.")


def years_after(start: dt.date, years: int) -> dt.date:
    """The same day so many years on; 1 March where 29 February is none."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return dt.date(start.year + years, 3, 1)


def _of(*facts: str, name: str, least: int, most: int, unit: str, read: Reader) -> Kind:
    return Kind(facts, whole(name, least, most, unit), read)


OF_EXAMS: dict[str, Kind] = {
    "step1_passed": _passed("step1_passed", STEP1),
    "step1_attempts": _of(
        "step1_passed", "step1_attempts",
        name="most", least=1, most=MOST_ATTEMPTS, unit="attempts", read=_attempts,
    ),
    "step2_passed": _passed("step2_passed", STEP2),
    "step2_score": _of(
        "step2_passed", "step2_score",
        name="least", least=1, most=BEST_SCORE, unit="points", read=_score,
    ),
    "exams_in_window": _of(
        "step1_passed", "step2_passed", "step1_passed_on", "step2_passed_on",
        name="window", least=1, most=LONGEST_WINDOW, unit="years", read=_window,
    ),
}  # fmt: skip
