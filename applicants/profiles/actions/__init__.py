"""What a person may do with what she tells about herself."""

from applicants.profiles.actions.exams import (
    AttemptKnown,
    FutureResult,
    ScoreOutOfPlace,
    record_attempt,
    remove_attempt,
)
from applicants.profiles.actions.facts import ensure_profile, merge_facts, save_facts
from applicants.profiles.actions.passport import PASSPORT_COLUMNS, TooYoung, save_passport

__all__ = [
    "PASSPORT_COLUMNS",
    "AttemptKnown",
    "FutureResult",
    "ScoreOutOfPlace",
    "TooYoung",
    "ensure_profile",
    "merge_facts",
    "record_attempt",
    "remove_attempt",
    "save_facts",
    "save_passport",
]
