from django.db import models
from django.db.models import Q

from payments.states import EVENT, EventState
from usce.states import Stateful


class StripeEvent(Stateful):
    """A webhook as it arrived: stored first, processed later, kept with its error."""

    transitions = EVENT

    event_id = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=100)
    api_version = models.CharField(max_length=40, blank=True)
    payload = models.JSONField()
    state = models.CharField(max_length=9, choices=EventState, default=EventState.RECEIVED)
    error = models.TextField(blank=True)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="event_state", condition=Q(state__in=EventState.values)),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                name="event_unprocessed",
                condition=Q(state__in=(EventState.RECEIVED, EventState.FAILED)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
