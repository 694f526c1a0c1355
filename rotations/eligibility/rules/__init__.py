"""What a listing requires against what a person told: findings, and one sentence.

Pure: no database, no settings, no clock. A host's rule is reported, never interpreted: nothing here
says that a visa allows something.
"""

from rotations.eligibility.rules.kinds import KINDS, PAPERS, BadRule, check_rule
from rotations.eligibility.rules.parts import (
    Facts,
    Finding,
    Outcome,
    Rule,
    Verdict,
    VerdictOutcome,
    Weight,
)
from rotations.eligibility.rules.verdict import evaluate, facts_asked

__all__ = [
    "KINDS",
    "PAPERS",
    "BadRule",
    "Facts",
    "Finding",
    "Outcome",
    "Rule",
    "Verdict",
    "VerdictOutcome",
    "Weight",
    "check_rule",
    "evaluate",
    "facts_asked",
]
