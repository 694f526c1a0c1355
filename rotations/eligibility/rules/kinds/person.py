"""Requirements of the person: student or graduate, graduation, enrolment, visa, certification."""

import datetime as dt
from collections.abc import Callable, Mapping

from rotations.eligibility.rules.parts import Case, Outcome
from rotations.eligibility.rules.words import (
    ASK_CONSULATE,
    Kind,
    Params,
    Reading,
    listed,
    no_params,
    whole,
)

STATUSES = {"student": "medical students", "graduate": "medical graduates"}
VISAS = {
    "none": "applicants without a visa yet",
    "b1_b2": "B-1 or B-2",
    "esta": "ESTA",
    "j1": "J-1",
    "f1": "F-1",
    "dependent": "dependent visas (F-2, H-4, J-2, L-2, O-3)",
    "resident": "U.S. citizens, permanent residents and work permits (EAD)",
}
HELD = {
    "none": "You have no visa yet.",
    "b1_b2": "You have a B-1 or B-2 visa.",
    "esta": "You have an ESTA.",
    "j1": "You have a J-1.",
    "f1": "You have an F-1.",
    "dependent": "You have a dependent visa.",
    "resident": "You are a U.S. citizen or permanent resident, or have a work permit.",
}
LONGEST_YEARS = 60
GRADUATE, STUDENT = "graduate", "student"


def _allowed(name: str, known: Mapping[str, str]) -> Callable[[Params], str]:
    def check(params: Params) -> str:
        values = params.get(name)
        if not isinstance(values, list) or not values or not set(values) <= set(known):
            return f"Choose at least one of: {', '.join(known)}."
        return ""

    return check


def _status(params: Params, case: Case) -> Reading:
    words, status = listed([STATUSES[s] for s in params["allowed"]]), case.facts.status
    rule = clause = f"This host accepts {words}"
    if status is None:
        return Reading(Outcome.UNKNOWN, rule, clause, "", "Say whether you have graduated.")
    yours = f"You are a {STATUSES[status][:-1]}."
    if status in params["allowed"]:
        return Reading(Outcome.MET, rule, clause, yours)
    year = case.facts.graduation_year
    if status == STUDENT and year is not None and year >= case.stay.today.year:
        step = f"You can apply once you have graduated, by what you told in {year}."
        earliest = max(case.stay.today, dt.date(year, 1, 1))
        return Reading(Outcome.NOT_MET, rule, clause, yours, step, earliest)
    step = f"Look for rotations open to {STATUSES[status]}."
    return Reading(Outcome.NOT_MET, rule, clause, yours, step)


def _graduation(params: Params, case: Case) -> Reading:
    years, graduated = params["years"], case.facts.graduation_year
    least = case.stay.starts_on.year - years
    rule = f"Graduation in {least} or later ({_at_most(years)} before the start)"
    clause = f"This host asks for graduation in {least} or later"
    if graduated is None:
        return Reading(Outcome.UNKNOWN, rule, clause, "", "Tell the year of your graduation.")
    yours = f"Your graduation year is {graduated}."
    if graduated >= least:
        return Reading(Outcome.MET, rule, clause, yours)
    step = "Look for rotations with a longer limit."
    if graduated + years >= case.stay.today.year:
        step = f"A start in {graduated + years} or before is within the limit."
    return Reading(Outcome.NOT_MET, rule, clause, yours, step)


def _at_most(years: int) -> str:
    return "at most 1 year" if years == 1 else f"at most {years} years"


def _enrolment(_params: Params, case: Case) -> Reading:
    """Of students alone: whoever has graduated is enrolled nowhere."""
    rule = "Students: enrolment and good standing confirmed by the school"
    clause = "This host asks students for a confirmation by their school"
    told, status = case.facts.enrolment_confirmed, case.facts.status
    if told:
        return Reading(Outcome.MET, rule, clause, "Your school has confirmed it.")
    if status == GRADUATE:
        return Reading(Outcome.MET, rule, clause, "You have graduated: it is not asked of you.")
    if status is None:
        step = "Say whether you have graduated."
        return Reading(Outcome.UNKNOWN, rule, clause, "", step, fact="status")
    step = "Name a person at your school: we write there, and the answer comes by a link."
    today = case.stay.today
    if told is None:
        return Reading(Outcome.UNKNOWN, rule, clause, "", step, today, fact="enrolment_confirmed")
    yours = "Your school has answered that this is not so."
    return Reading(Outcome.NOT_MET, rule, clause, yours, step, today)


def _ecfmg(_params: Params, case: Case) -> Reading:
    rule, clause = "ECFMG certification", "This host asks for ECFMG certification"
    told = case.facts.ecfmg_certified
    if told is None:
        return Reading(Outcome.UNKNOWN, rule, clause, "", "Say whether you are ECFMG certified.")
    if told:
        return Reading(Outcome.MET, rule, clause, "You are ECFMG certified.")
    return Reading(Outcome.NOT_MET, rule, clause, "You are not ECFMG certified yet.")


def _visa(params: Params, case: Case) -> Reading:
    words = listed([VISAS[v] for v in params["accepted"]])
    rule, clause = f"This host accepts: {words}", f"This host accepts {words}"
    held = case.facts.visa
    if held is None:
        return Reading(Outcome.UNKNOWN, rule, clause, "", "Say which visa or status you have.")
    outcome = Outcome.MET if held in params["accepted"] else Outcome.NOT_MET
    return Reading(outcome, rule, clause, HELD[held], ASK_CONSULATE)


OF_PERSON: dict[str, Kind] = {
    "applicant_status": Kind(("status",), _allowed("allowed", STATUSES), _status),
    "graduation_within_years": Kind(
        ("graduation_year",), whole("years", 0, LONGEST_YEARS, "years"), _graduation
    ),
    "enrolment_confirmed": Kind(("status", "enrolment_confirmed"), no_params, _enrolment),
    "ecfmg_certified": Kind(("ecfmg_certified",), no_params, _ecfmg),
    "visa_accepted": Kind(("visa",), _allowed("accepted", VISAS), _visa),
}
