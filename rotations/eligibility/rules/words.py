"""How a rule reads: the shape of a reading, and the few words that all kinds share."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rotations.eligibility.rules.parts import Case, Group, Outcome

Params = Mapping[str, Any]
ASK_CONSULATE = (
    "This is the host's rule, not a legal answer: ask the consulate or a lawyer what you may do."
)


@dataclass(frozen=True)
class Reading:
    """What a kind reads: its rule in words, the person's fact and the cheapest fix.

    `clause` begins the verdict's sentence when the rule is not met. `says_when` tells that the next
    step names its own day.
    """

    outcome: Outcome
    rule: str
    clause: str
    yours: str = ""
    next_step: str = ""
    earliest_on: dt.date | None = None
    says_when: bool = False
    fact: str = ""


Reader = Callable[[Params, Case], Reading | None]


@dataclass(frozen=True)
class Kind:
    """`facts` are what a person is asked for; a reading of None says that the rule is not hers."""

    facts: tuple[str, ...]
    check: Callable[[Params], str]
    read: Reader
    group: Group = Group.HOST


def no_params(params: Params) -> str:
    return "This requirement takes no values." if params else ""


def whole(name: str, least: int, most: int, unit: str) -> Callable[[Params], str]:
    def check(params: Params) -> str:
        value = params.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            return f"Give whole {unit} from {least} to {most}."
        return ""

    return check


def listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def day(value: dt.date) -> str:
    return f"{value.day} {value:%B %Y}"
