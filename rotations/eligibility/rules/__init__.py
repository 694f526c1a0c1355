"""What a listing requires against what a person told: findings, and one sentence.

Pure: no database, no settings, no clock. A host's rule is reported, never interpreted: nothing here
says that a visa allows something.
"""

from rotations.eligibility.rules.kinds import KINDS, PAPERS, BadRule, check_rule
from rotations.eligibility.rules.parts import (
    Case,
    Facts,
    Finding,
    Group,
    Outcome,
    Paper,
    PaperState,
    Rule,
    Stay,
    Verdict,
    VerdictOutcome,
    Weight,
)
from rotations.eligibility.rules.verdict import evaluate, facts_asked, first_fit, judge

__all__ = [
    "KINDS",
    "PAPERS",
    "BadRule",
    "Case",
    "Facts",
    "Finding",
    "Group",
    "Outcome",
    "Paper",
    "PaperState",
    "Rule",
    "Stay",
    "Verdict",
    "VerdictOutcome",
    "Weight",
    "check_rule",
    "evaluate",
    "facts_asked",
    "first_fit",
    "judge",
]
