"""The vocabulary of requirements: how each kind is checked, read and worded."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rotations.eligibility.rules.parts import Facts, Outcome, Weight

Params = Mapping[str, Any]

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
ASK_CONSULATE = (
    "This is the host's rule, not a legal answer: ask the consulate or a lawyer what you may do."
)
LONGEST_YEARS = 60


class BadRule(ValueError):  # noqa: N818 -- the sentence is for the person who writes the listing
    """A requirement that nobody could answer."""


@dataclass(frozen=True)
class Reading:
    """What a kind reads: its rule in words and the person's fact.

    `asks` is the verdict's clause after “This host”.
    """

    outcome: Outcome
    rule: str
    asks: str
    yours: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class Kind:
    fact: str
    check: Callable[[Params], str]
    read: Callable[[Params, Facts, dt.date], Reading]


def _allowed(name: str, known: Mapping[str, str]) -> Callable[[Params], str]:
    def check(params: Params) -> str:
        values = params.get(name)
        if not isinstance(values, list) or not values or not set(values) <= set(known):
            return f"Choose at least one of: {', '.join(known)}."
        return ""

    return check


def _years(params: Params) -> str:
    years = params.get("years")
    if isinstance(years, bool) or not isinstance(years, int) or not 0 <= years <= LONGEST_YEARS:
        return f"Give whole years from 0 to {LONGEST_YEARS}."
    return ""


def _no_params(params: Params) -> str:
    return "This requirement takes no values." if params else ""


def _status(params: Params, facts: Facts, _starts_on: dt.date) -> Reading:
    words = _listed([STATUSES[s] for s in params["allowed"]])
    rule, asks = f"This host accepts {words}", f"accepts {words}"
    if facts.status is None:
        return Reading(Outcome.UNKNOWN, rule, asks, "", "Say whether you have graduated.")
    yours = f"You are a {STATUSES[facts.status][:-1]}."
    if facts.status in params["allowed"]:
        return Reading(Outcome.MET, rule, asks, yours)
    step = f"Look for rotations open to {STATUSES[facts.status]}."
    return Reading(Outcome.NOT_MET, rule, asks, yours, step)


def _graduation(params: Params, facts: Facts, starts_on: dt.date) -> Reading:
    earliest = starts_on.year - params["years"]
    rule = f"Graduation in {earliest} or later ({_years_word(params['years'])} before the start)"
    asks = f"asks for graduation in {earliest} or later"
    if facts.graduation_year is None:
        return Reading(Outcome.UNKNOWN, rule, asks, "", "Tell the year of your graduation.")
    yours = f"Your graduation year is {facts.graduation_year}."
    if facts.graduation_year >= earliest:
        return Reading(Outcome.MET, rule, asks, yours)
    step = "Look for rotations with a longer limit."
    return Reading(Outcome.NOT_MET, rule, asks, yours, step)


def _exam(
    fact: str, rule: str, asks: str, *, yes: str, no: str, question: str
) -> Callable[[Params, Facts, dt.date], Reading]:
    def read(_params: Params, facts: Facts, _starts_on: dt.date) -> Reading:
        value = getattr(facts, fact)
        if value is None:
            return Reading(Outcome.UNKNOWN, rule, asks, "", question)
        if value:
            return Reading(Outcome.MET, rule, asks, yes)
        return Reading(Outcome.NOT_MET, rule, asks, no)

    return read


def _visa(params: Params, facts: Facts, _starts_on: dt.date) -> Reading:
    words = _listed([VISAS[v] for v in params["accepted"]])
    rule, asks = f"This host accepts: {words}", f"accepts {words}"
    if facts.visa is None:
        return Reading(Outcome.UNKNOWN, rule, asks, "", "Say which visa or status you have.")
    if facts.visa in params["accepted"]:
        return Reading(Outcome.MET, rule, asks, HELD[facts.visa], ASK_CONSULATE)
    return Reading(Outcome.NOT_MET, rule, asks, HELD[facts.visa], ASK_CONSULATE)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _years_word(years: int) -> str:
    return "at most 1 year" if years == 1 else f"at most {years} years"


def _paper(name: str, step: str) -> Kind:
    """A paper that is asked for once the seat is confirmed: nobody is asked about it before."""
    asks = f"asks for {name[0].lower()}{name[1:]}"

    def read(_params: Params, _facts: Facts, _starts_on: dt.date) -> Reading:
        return Reading(Outcome.UNKNOWN, name, asks, "", step)

    return Kind("", _no_params, read)


PAPERS: dict[str, Kind] = {
    "immunizations": _paper(
        "Immunization record: MMR, varicella, hepatitis B, Tdap, influenza in season",
        "Doses and titers can take two months: begin when you apply.",
    ),
    "tb_test": _paper(
        "TB test (IGRA or skin test) from the last 12 months",
        "A chest X-ray report may be asked for if it is positive.",
    ),
    "health_insurance": _paper(
        "Health insurance that covers you in the U.S. for the whole stay",
        "Buy it with the exact dates, up to the last day.",
    ),
    "bls_card": _paper(
        "BLS card of the American Heart Association, valid to the last day",
        "Courses abroad are accepted where they issue an AHA card.",
    ),
    "background_check": _paper(
        "Background check by the host's own vendor", "The host names the vendor and its fee."
    ),
    "drug_screen": _paper(
        "Urine drug screen in the last 30 days before the start",
        "Take it after you arrive, or where the host tells you to.",
    ),
}
# Nobody enters a country or a building for work from home.
IN_PERSON_ONLY = frozenset({"visa_accepted", "immunizations", "tb_test", "drug_screen"})

KINDS: dict[str, Kind] = {
    "applicant_status": Kind("status", _allowed("allowed", STATUSES), _status),
    "graduation_within_years": Kind("graduation_year", _years, _graduation),
    "step1_passed": Kind(
        "step1_passed",
        _no_params,
        _exam(
            "step1_passed",
            "USMLE Step 1 passed",
            "asks for a pass in USMLE Step 1",
            yes="You have passed Step 1.",
            no="You have not passed Step 1 yet.",
            question="Say whether you have passed Step 1.",
        ),
    ),
    "step2_passed": Kind(
        "step2_passed",
        _no_params,
        _exam(
            "step2_passed",
            "USMLE Step 2 CK passed",
            "asks for a pass in USMLE Step 2 CK",
            yes="You have passed Step 2 CK.",
            no="You have not passed Step 2 CK yet.",
            question="Say whether you have passed Step 2 CK.",
        ),
    ),
    "ecfmg_certified": Kind(
        "ecfmg_certified",
        _no_params,
        _exam(
            "ecfmg_certified",
            "ECFMG certification",
            "asks for ECFMG certification",
            yes="You are ECFMG certified.",
            no="You are not ECFMG certified yet.",
            question="Say whether you are ECFMG certified.",
        ),
    ),
    "visa_accepted": Kind("visa", _allowed("accepted", VISAS), _visa),
    **PAPERS,
}


def check_rule(kind: str, params: Params, *, weight: str, in_person: bool) -> None:
    """Raise BadRule, with a sentence for the listing's author, unless the rule can be answered."""
    if kind not in KINDS:
        raise BadRule(f"“{kind}” is not a requirement that can be checked.")
    if problem := KINDS[kind].check(params):
        raise BadRule(problem)
    if kind in PAPERS and weight == Weight.MUST:
        raise BadRule("Papers are asked for by the start, not before one may apply.")
    if kind in IN_PERSON_ONLY and not in_person:
        raise BadRule("A remote rotation asks for no visa and no health papers.")
