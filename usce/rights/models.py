"""What a person may ask of her data: a copy, or their end; and what keeps that end waiting."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from usce.files.models import Blob
from usce.ids import PublicIdField


class DataExport(models.Model):
    """All that the house holds about a person, as she asked; the file goes at `expires_at`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    public_id = PublicIdField()
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="when its file was destroyed")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="export_one_making", fields=["user"], condition=Q(ready_at__isnull=True)
            ),
            models.CheckConstraint(
                name="export_ready_whole",
                condition=Q(ready_at=None, expires_at=None, blob=None, ended_at=None)
                | Q(ready_at__isnull=False, expires_at__gt=F("ready_at"), blob__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="export_due", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"export {self.public_id}"


class ErasureCause(models.TextChoices):
    ASKED = "asked", "asked for by the person"
    UNDER_18 = "under_18", "the person is under 18"


class Erasure(models.Model):
    """A person's data are to be erased: planned, perhaps taken back, begun, done."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    public_id = PublicIdField()
    cause = models.CharField(max_length=8, choices=ErasureCause, default=ErasureCause.ASKED)
    asked_at = models.DateTimeField()
    planned_for = models.DateTimeField()
    canceled_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True, help_text="since when nobody can sign in")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="erasure_one_open", fields=["user"], condition=Q(canceled_at__isnull=True)
            ),
            models.CheckConstraint(
                name="erasure_cause", condition=Q(cause__in=ErasureCause.values)
            ),
            models.CheckConstraint(
                name="erasure_order",
                condition=Q(planned_for__gte=F("asked_at"))
                & (Q(canceled_at__isnull=True) | Q(begun_at__isnull=True))
                & (Q(done_at__isnull=True) | Q(begun_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["planned_for"],
                name="erasure_due",
                condition=Q(canceled_at__isnull=True, done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"erasure of {self.user_id}"


class LegalHold(models.Model):
    """Staff keep a person's data from being erased, with a reason, until a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    public_id = PublicIdField()
    reason = models.CharField(max_length=200, help_text="the person reads this sentence")
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField()
    ends_on = models.DateField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="legal_hold_lifted_whole",
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["user", "ends_on"], name="legal_hold_of")]

    def __str__(self) -> str:
        return f"hold on {self.user_id} until {self.ends_on}"

    @classmethod
    def live(cls, now: datetime) -> models.QuerySet["LegalHold"]:
        return cls.objects.filter(lifted_at__isnull=True, ends_on__gte=now.date())
