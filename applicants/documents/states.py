from django.db import models

from usce.states import Table


class DocumentState(models.TextChoices):
    QUARANTINED = "quarantined"
    CHECKING = "checking"
    NEEDS_REVIEW = "needs_review"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


TRANSITIONS: Table = {
    DocumentState.QUARANTINED: frozenset({DocumentState.CHECKING, DocumentState.SUPERSEDED}),
    DocumentState.CHECKING: frozenset(
        {
            DocumentState.NEEDS_REVIEW,
            DocumentState.ACCEPTED,
            DocumentState.REJECTED,
            DocumentState.SUPERSEDED,
        }
    ),
    DocumentState.NEEDS_REVIEW: frozenset(
        {DocumentState.ACCEPTED, DocumentState.REJECTED, DocumentState.SUPERSEDED}
    ),
    DocumentState.ACCEPTED: frozenset({DocumentState.SUPERSEDED}),
    DocumentState.REJECTED: frozenset({DocumentState.SUPERSEDED}),
    DocumentState.SUPERSEDED: frozenset(),
}
