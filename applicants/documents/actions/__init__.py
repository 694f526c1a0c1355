"""An applicant's papers: added, checked, decided, opened, given up."""

from applicants.documents.actions.adding import (
    add_document,
    agree_to_health_papers,
    correct_dates,
    joined_name,
    plain_name,
)
from applicants.documents.actions.comparing import read_passport_lines, tell_cover
from applicants.documents.actions.deciding import accept_document, reject_document, settle_document
from applicants.documents.actions.delaying import tell_of_delays
from applicants.documents.actions.errors import (
    BadDates,
    BadLine,
    InUse,
    NotAgreed,
    NotReviewed,
    StillChecked,
)
from applicants.documents.actions.hinting import look_for_hints
from applicants.documents.actions.keeping import end_uses, erase_unneeded, remove_document, use
from applicants.documents.actions.opening import open_document, show_page
from applicants.documents.actions.recording import forget_line, prove_lines, tell_lines
from applicants.documents.actions.reminding import remind_of_ends

__all__ = [
    "BadDates",
    "BadLine",
    "InUse",
    "NotAgreed",
    "NotReviewed",
    "StillChecked",
    "accept_document",
    "add_document",
    "agree_to_health_papers",
    "correct_dates",
    "end_uses",
    "erase_unneeded",
    "forget_line",
    "joined_name",
    "look_for_hints",
    "open_document",
    "plain_name",
    "prove_lines",
    "read_passport_lines",
    "reject_document",
    "remind_of_ends",
    "remove_document",
    "settle_document",
    "show_page",
    "tell_cover",
    "tell_lines",
    "tell_of_delays",
    "use",
]
