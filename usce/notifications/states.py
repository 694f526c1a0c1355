from django.db import models

from usce.states import Table


class MailState(models.TextChoices):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    FOLDED = "folded"


TRANSITIONS: Table = {
    MailState.PENDING: frozenset({MailState.SENDING, MailState.SUPPRESSED, MailState.FOLDED}),
    MailState.SENDING: frozenset({MailState.SENT, MailState.PENDING, MailState.FAILED}),
    MailState.FAILED: frozenset({MailState.PENDING}),
    MailState.SENT: frozenset(),
    MailState.SUPPRESSED: frozenset(),
    # It waits for the next morning's digest, and leaves as a line of that.
    MailState.FOLDED: frozenset({MailState.SENT, MailState.SUPPRESSED}),
}
