"""The nouns: facts of a person, rules of a listing, findings, a verdict."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Weight(StrEnum):
    MUST = "must"
    BY_START = "by_start"
    WISH = "wish"


class Outcome(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class VerdictOutcome(StrEnum):
    CAN_APPLY = "can_apply"
    CANNOT_APPLY = "cannot_apply"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Facts:
    """What a person told; None is "not told", never "no"."""

    status: str | None = None
    graduation_year: int | None = None
    school_country: str | None = None
    step1_passed: bool | None = None
    step2_passed: bool | None = None
    ecfmg_certified: bool | None = None
    visa: str | None = None
    step1_attempts: int | None = None
    step1_passed_on: dt.date | None = None
    step2_attempts: int | None = None
    step2_score: int | None = None
    step2_passed_on: dt.date | None = None
    enrolment_confirmed: bool | None = None


@dataclass(frozen=True)
class Rule:
    """One requirement of a listing; `source` and `checked_on` say where and when it was read."""

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    weight: str = Weight.MUST
    source: str = ""
    checked_on: dt.date | None = None


@dataclass(frozen=True)
class Finding:
    """A rule in words, the person's own fact beside it, and what to do next."""

    kind: str
    weight: str
    outcome: str
    rule: str
    yours: str
    next_step: str
    source: str = ""
    checked_on: dt.date | None = None


@dataclass(frozen=True)
class Verdict:
    outcome: str
    sentence: str
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        value = asdict(self)
        for finding in value["findings"]:
            day = finding["checked_on"]
            finding["checked_on"] = day and day.isoformat()
        value["findings"] = list(value["findings"])
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Verdict":
        findings = (dict(finding) for finding in value["findings"])
        return cls(value["outcome"], value["sentence"], tuple(_finding(f) for f in findings))


def _finding(value: dict[str, Any]) -> Finding:
    day = value.pop("checked_on")
    return Finding(**value, checked_on=dt.date.fromisoformat(day) if day else None)
