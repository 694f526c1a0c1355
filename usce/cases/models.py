"""Staff work, opened from any slice and worked in one queue."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from usce.cases.states import LIVE, TRANSITIONS, CaseState
from usce.ids import PublicIdField
from usce.states import Stateful


class Queue(models.TextChoices):
    """Which staff role works it."""

    REVIEWER = "reviewer"
    VERIFIER = "verifier"
    FINANCE = "finance"
    TRUST = "trust"
    ADMIN = "admin"


class Case(Stateful):
    transitions = TRANSITIONS

    public_id = PublicIdField()
    kind = models.CharField(max_length=60, help_text="dotted, slice first: applications.review")
    title = models.CharField(max_length=200)
    queue = models.CharField(max_length=10, choices=Queue)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=CaseState, default=CaseState.OPEN)
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="case_state", condition=Q(state__in=CaseState.values)),
            models.UniqueConstraint(
                name="case_one_live_per_subject",
                fields=["kind", "subject_type", "subject_id"],
                condition=Q(state__in=LIVE),
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at", "id"], name="case_oldest", condition=Q(state__in=LIVE)
            ),
            models.Index(
                fields=["kind", "opened_at", "id"], name="case_kind", condition=Q(state__in=LIVE)
            ),
            models.Index(
                fields=["owner", "opened_at", "id"], name="case_owner", condition=Q(state__in=LIVE)
            ),
            models.Index(fields=["subject_type", "subject_id", "id"], name="case_subject"),
        ]

    def __str__(self) -> str:
        return self.title
