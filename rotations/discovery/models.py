"""What a person marked to come back to."""

from django.conf import settings
from django.db import models

from rotations.catalog.models import Rotation


class SavedRotation(models.Model):
    """One rotation on one person's list; whoever has no account keeps hers in the session.

    The last verdict stays beside it, so that she is told when the next one is another.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True, help_text="the last verdict's")
    rules = models.JSONField(default=list, help_text="what that verdict was asked by")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "rotation"], name="saved_rotation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rotation_id} saved by {self.user_id}"
