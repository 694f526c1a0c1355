"""A case as JSON and back, so that what was judged once is judged again to the same words."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from rotations.eligibility.rules.kinds import VISAS
from rotations.eligibility.rules.parts import (
    Case,
    Facts,
    Paper,
    PaperState,
    Rule,
    Stay,
    Verdict,
    day_of,
    plain,
)
from rotations.eligibility.rules.verdict import judge
from rotations.eligibility.rules.words import day

# Raised whenever the same case would be judged or worded otherwise: `tests` hold receipts to it.
ENGINE = 2
NAMES = {
    "step1_passed": "Step 1 passed",
    "step2_passed": "Step 2 CK passed",
    "ecfmg_certified": "ECFMG certified",
    "visa": "Visa or status",
    "step1_attempts": "Attempts at Step 1",
    "step1_passed_on": "Step 1 passed on",
    "step2_attempts": "Attempts at Step 2 CK",
    "step2_score": "Score in Step 2 CK",
    "step2_passed_on": "Step 2 CK passed on",
    "enrolment_confirmed": "Enrolment confirmed by the school",
    "tb_test": "TB test",
    "bls_card": "BLS card",
    "hipaa": "HIPAA training certificate",
}
VALUES = {"student": "student", "graduate": "graduate", **VISAS, "none": "none yet"}
STANDS = {
    PaperState.UNTOLD: "not asked",
    PaperState.MISSING: "not added",
    PaperState.CHECKING: "being checked",
    PaperState.ACCEPTED: "accepted",
    PaperState.REFUSED: "not accepted",
}


def to_json(case: Case) -> dict[str, Any]:
    """The whole case: facts, papers' states, rules as they read, dates, engine."""
    papers = {name: asdict(paper) for name, paper in case.papers.items()}
    facts = {name: value for name, value in asdict(case.facts).items() if value is not None}
    rules = [{**asdict(rule), "params": dict(rule.params)} for rule in case.rules]
    told = {"rules": rules, "facts": facts, "stay": asdict(case.stay), "papers": papers}
    return {"engine": ENGINE, **plain(told)}


def from_json(value: Mapping[str, Any]) -> Case:
    return Case(
        tuple(_dated(Rule, rule) for rule in value["rules"]),
        _dated(Facts, value["facts"]),
        _dated(Stay, value["stay"]),
        {name: _dated(Paper, paper) for name, paper in value["papers"].items()},
    )


def replay(value: Mapping[str, Any]) -> Verdict:
    """The verdict of a stored case, by today's engine."""
    return judge(from_json(value))


def packs_in(value: Mapping[str, Any]) -> list[str]:
    """The rule packs, each with its version, that bore on a stored case."""
    return sorted({rule["pack"] for rule in value["rules"] if rule.get("pack")})


@dataclass(frozen=True)
class Receipt:
    """A stored verdict beside its inputs, in words; `is_same`: today it comes out alike."""

    verdict: Verdict
    stay: Stay
    facts: list[tuple[str, str]]
    papers: list[tuple[str, str]]
    packs: list[str]
    engine: int
    is_same: bool


def receipt(inputs: Mapping[str, Any], stored: Mapping[str, Any]) -> Receipt:
    case, verdict = from_json(inputs), Verdict.from_json(stored)
    facts = [(_words(n), _said(v)) for n, v in asdict(case.facts).items() if v is not None]
    papers = [(_words(name), _standing(paper)) for name, paper in case.papers.items()]
    is_same = replay(inputs) == verdict
    packs, engine = packs_in(inputs), inputs["engine"]
    return Receipt(verdict, case.stay, facts, papers, packs, engine, is_same)


def _words(name: str) -> str:
    return NAMES.get(name) or name.replace("_", " ").capitalize()


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return day(value) if isinstance(value, dt.date) else str(VALUES.get(value, value))


def _standing(paper: Paper) -> str:
    until = f" until {day(paper.valid_until)}" if paper.valid_until else ""
    return f"{STANDS[PaperState(paper.state)]}{until}"


def papers_counted(case: Case) -> Case:
    """The case with those papers alone that a rule names: nothing more is kept of a person."""
    named = {rule.kind for rule in case.rules}
    papers = {name: paper for name, paper in case.papers.items() if name in named}
    return dataclasses.replace(case, papers=papers)


def _dated(kind: type[Any], value: Mapping[str, Any]) -> Any:
    days = {f.name for f in fields(kind) if f.type in (dt.date, dt.date | None)}
    return kind(**{n: day_of(v) if n in days and v else v for n, v in value.items()})
