from django.db import models

from usce.states import Table


class LetterState(models.TextChoices):
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"


# Who accepted may still decline. That it was submitted says the writer, that it was seen in the
# application service the learner; Rounds never has the letter.
LETTER: Table = {
    LetterState.REQUESTED: frozenset(
        {LetterState.ACCEPTED, LetterState.DECLINED, LetterState.WITHDRAWN, LetterState.EXPIRED}
    ),
    LetterState.ACCEPTED: frozenset(
        {LetterState.SUBMITTED, LetterState.DECLINED, LetterState.WITHDRAWN, LetterState.EXPIRED}
    ),
    LetterState.SUBMITTED: frozenset({LetterState.CONFIRMED}),
    LetterState.CONFIRMED: frozenset(),
    LetterState.DECLINED: frozenset(),
    LetterState.WITHDRAWN: frozenset(),
    LetterState.EXPIRED: frozenset(),
}

OPEN = (LetterState.REQUESTED, LetterState.ACCEPTED)
LIVE = (*OPEN, LetterState.SUBMITTED)
ENDED = (LetterState.DECLINED, LetterState.WITHDRAWN, LetterState.EXPIRED)
SENT = (LetterState.SUBMITTED, LetterState.CONFIRMED)
