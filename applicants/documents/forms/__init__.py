"""Questions about papers, and about the lines of an immunization record."""

from applicants.documents.forms.claims import CoverForm, PassportLinesForm
from applicants.documents.forms.papers import (
    DatesForm,
    DecisionForm,
    JoinForm,
    KindForm,
    PaperForm,
    SeveralForm,
    dates_of,
    kind_choices,
)
from applicants.documents.forms.record import LineForm

__all__ = [
    "CoverForm",
    "DatesForm",
    "DecisionForm",
    "JoinForm",
    "KindForm",
    "LineForm",
    "PaperForm",
    "PassportLinesForm",
    "SeveralForm",
    "dates_of",
    "kind_choices",
]
