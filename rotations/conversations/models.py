"""Questions about a listing, asked before anybody applies."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from rotations.catalog.models import Rotation
from usce.ids import PublicIdField

LONGEST = 600


class Question(models.Model):
    """One question and its answer; `is_public` shows both on the listing, without the asker."""

    public_id = PublicIdField()
    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=LONGEST)
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True, max_length=2 * LONGEST)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    is_public = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="question_answered_whole",
                condition=Q(answer="", answered_by=None, answered_at=None, is_public=False)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="question_one_open",
                fields=["rotation", "asker"],
                condition=Q(answered_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["rotation", "-answered_at"],
                name="question_public",
                condition=Q(is_public=True),
            ),
            models.Index(fields=["rotation", "-id"], name="question_listed"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"
