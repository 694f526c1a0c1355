from django.db import models
from django.db.models import Q

from payments.states import CALL, CallState
from usce.states import Stateful


class Call(Stateful):
    """A request to Stripe that must happen once: written down before it leaves.

    Its key serves for 23 hours; after that Stripe may have forgotten it, and a new row with a new
    key is made, once we have looked whether the old request was done.
    """

    transitions = CALL

    kind = models.CharField(max_length=40, help_text="transfer.create, ...")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    idempotency_key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=8, choices=CallState, default=CallState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    stripe_id = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="call_state", condition=Q(state__in=CallState.values)),
            models.UniqueConstraint(
                name="call_one_waiting",
                fields=["kind", "subject_type", "subject_id"],
                condition=Q(state=CallState.WAITING),
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"], name="call_waiting", condition=Q(state=CallState.WAITING)
            ),
            models.Index(fields=["subject_type", "subject_id"], name="call_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.idempotency_key}"
