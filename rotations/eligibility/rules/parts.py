"""The nouns: facts of a person, her papers, rules of a listing, findings, a verdict."""

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


class Group(StrEnum):
    """Who says so: the host of a person, the host of a paper, or a published rule's text."""

    HOST = "host"
    PAPER = "paper"
    TEXT = "text"


class PaperState(StrEnum):
    UNTOLD = ""
    MISSING = "missing"
    CHECKING = "checking"
    ACCEPTED = "accepted"
    REFUSED = "refused"


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
class Paper:
    """What is known of a person's paper of one kind, and what holds for all of the kind.

    `newer` is the state of a later version than the accepted one. `lead_days`: how long getting it
    takes. `valid_months` (to the month's end): how long it counts from the day of issue.
    """

    state: str = PaperState.UNTOLD
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None
    newer: str = PaperState.UNTOLD
    lead_days: int = 0
    valid_months: int | None = None
    to_month_end: bool = False


@dataclass(frozen=True)
class Stay:
    """The dates asked about, and the day on which one asks."""

    starts_on: dt.date
    ends_on: dt.date
    today: dt.date


@dataclass(frozen=True)
class Rule:
    """One requirement; `source` and `checked_on` say where and when it was read.

    `pack` names the rule pack and its version where the rule comes from one.
    """

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    weight: str = Weight.MUST
    source: str = ""
    checked_on: dt.date | None = None
    pack: str = ""


@dataclass(frozen=True)
class Case:
    """All that a verdict is made of; the same case gives the same verdict at any time."""

    rules: tuple[Rule, ...]
    facts: Facts
    stay: Stay
    papers: Mapping[str, Paper] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A rule in words, the person's own fact beside it, and the cheapest fix.

    `fact` is what to tell while it is unknown. `earliest_on` is the first day on which the rule can
    be met; None where no day is known, or none ever comes.
    """

    kind: str
    weight: str
    outcome: str
    rule: str
    yours: str
    next_step: str
    source: str = ""
    checked_on: dt.date | None = None
    group: str = Group.HOST
    fact: str = ""
    earliest_on: dt.date | None = None


@dataclass(frozen=True)
class Verdict:
    outcome: str
    sentence: str
    findings: tuple[Finding, ...]

    @property
    def for_host(self) -> tuple[Finding, ...]:
        """What a provider may see: its own rules, not where papers stand nor what a text means."""
        return tuple(finding for finding in self.findings if finding.group == Group.HOST)

    def to_json(self) -> dict[str, Any]:
        told: dict[str, Any] = plain(asdict(self))
        return told

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Verdict":
        findings = tuple(_finding(dict(finding)) for finding in value["findings"])
        return cls(value["outcome"], value["sentence"], findings)


def plain(value: Any) -> Any:
    """The value as JSON holds it: days as year-month-day."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def day_of(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _finding(value: dict[str, Any]) -> Finding:
    days = {name: day_of(value.get(name)) for name in ("checked_on", "earliest_on")}
    return Finding(**value | days)
