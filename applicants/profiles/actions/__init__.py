"""What a person may do with what she tells about herself."""

from applicants.profiles.actions.enrolment import (
    ENROLMENT_SCOPE,
    ENROLMENT_SUBJECT,
    NotAsked,
    answer_enrolment,
    ask_enrolment,
    remind_of_enrolment,
    save_school,
)
from applicants.profiles.actions.exams import (
    AttemptKnown,
    FutureResult,
    ScoreOutOfPlace,
    record_attempt,
    remove_attempt,
)
from applicants.profiles.actions.facts import ensure_profile, merge_facts, save_facts
from applicants.profiles.actions.goals import write_goal
from applicants.profiles.actions.passport import PASSPORT_COLUMNS, TooYoung, save_passport

__all__ = [
    "ENROLMENT_SCOPE",
    "ENROLMENT_SUBJECT",
    "PASSPORT_COLUMNS",
    "AttemptKnown",
    "FutureResult",
    "NotAsked",
    "ScoreOutOfPlace",
    "TooYoung",
    "answer_enrolment",
    "ask_enrolment",
    "ensure_profile",
    "merge_facts",
    "record_attempt",
    "remind_of_enrolment",
    "remove_attempt",
    "save_facts",
    "save_passport",
    "save_school",
    "write_goal",
]
