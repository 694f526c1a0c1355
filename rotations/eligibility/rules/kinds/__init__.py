"""The vocabulary of requirements: how each kind is checked, read and worded."""

from rotations.eligibility.rules.kinds.exams import OF_EXAMS
from rotations.eligibility.rules.kinds.papers import DATED, PAPERS
from rotations.eligibility.rules.kinds.person import (
    HELD,
    LONGEST_YEARS,
    OF_PERSON,
    STATUSES,
    VISAS,
)
from rotations.eligibility.rules.kinds.texts import TEXT, is_text
from rotations.eligibility.rules.parts import Weight
from rotations.eligibility.rules.words import Kind, Params

__all__ = [
    "DATED",
    "HELD",
    "IN_PERSON_ONLY",
    "KINDS",
    "LONGEST_YEARS",
    "PAPERS",
    "STATUSES",
    "VISAS",
    "BadRule",
    "check_rule",
    "kind_of",
]

# Nobody enters a country or a building for work from home.
IN_PERSON_ONLY = frozenset(
    {"visa_accepted", "immunizations", "tb_test", "physical_exam", "drug_screen"}
)
KINDS: dict[str, Kind] = {**OF_PERSON, **OF_EXAMS, **PAPERS}


class BadRule(ValueError):  # noqa: N818 -- the sentence is for the person who writes the listing
    """A requirement that nobody could answer."""


def kind_of(name: str) -> Kind | None:
    return KINDS.get(name) or (TEXT if is_text(name) else None)


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
