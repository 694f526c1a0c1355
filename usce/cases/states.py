from django.db import models

from usce.states import Table


class CaseState(models.TextChoices):
    OPEN = "open"
    WAITING = "waiting"
    DECIDED = "decided"
    CLOSED = "closed"


TRANSITIONS: Table = {
    CaseState.OPEN: frozenset({CaseState.WAITING, CaseState.DECIDED, CaseState.CLOSED}),
    CaseState.WAITING: frozenset({CaseState.OPEN, CaseState.DECIDED, CaseState.CLOSED}),
    CaseState.DECIDED: frozenset({CaseState.CLOSED, CaseState.OPEN}),
    CaseState.CLOSED: frozenset(),
}

LIVE = (CaseState.OPEN, CaseState.WAITING)
