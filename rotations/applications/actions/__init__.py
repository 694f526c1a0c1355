from rotations.applications.actions.decisions import (
    begin_review,
    decline_application,
    forward_application,
    forward_unreviewed,
    request_changes,
    return_for_cv,
)
from rotations.applications.actions.drafts import (
    save_draft,
    start_draft,
    submit_application,
    withdraw_application,
)
from rotations.applications.actions.errors import (
    CvMissing,
    FactsMissing,
    HasOffer,
    NotEligible,
    NotOpen,
    ReasonMissing,
    ReviewRuns,
)
from rotations.applications.actions.judging import judge_anew
from rotations.applications.actions.outcomes import (
    mark_accepted,
    mark_booked,
    mark_ended,
    mark_offered,
)
from rotations.applications.actions.papers import release_papers
from rotations.applications.actions.reminders import remind_of_decisions
from rotations.applications.actions.seen import tell_who_saw
from rotations.applications.actions.waitlist import leave_dates, waitlist_application

__all__ = [
    "CvMissing",
    "FactsMissing",
    "HasOffer",
    "NotEligible",
    "NotOpen",
    "ReasonMissing",
    "ReviewRuns",
    "begin_review",
    "decline_application",
    "forward_application",
    "forward_unreviewed",
    "judge_anew",
    "leave_dates",
    "mark_accepted",
    "mark_booked",
    "mark_ended",
    "mark_offered",
    "release_papers",
    "remind_of_decisions",
    "request_changes",
    "return_for_cv",
    "save_draft",
    "start_draft",
    "submit_application",
    "tell_who_saw",
    "waitlist_application",
    "withdraw_application",
]
