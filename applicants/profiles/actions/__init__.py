"""What a person may do with what she tells about herself."""

from applicants.profiles.actions.exams import (
    AttemptKnown,
    FutureResult,
    ScoreOutOfPlace,
    record_attempt,
    remove_attempt,
)
from applicants.profiles.actions.facts import ensure_profile, merge_facts, save_facts

__all__ = [
    "AttemptKnown",
    "FutureResult",
    "ScoreOutOfPlace",
    "ensure_profile",
    "merge_facts",
    "record_attempt",
    "remove_attempt",
    "save_facts",
]
