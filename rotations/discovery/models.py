"""What a person marked to come back to."""

from django.conf import settings
from django.db import models

from rotations.catalog.models import Rotation


class SavedRotation(models.Model):
    """One rotation on one person's list; whoever has no account keeps hers in the session."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "rotation"], name="saved_rotation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rotation_id} saved by {self.user_id}"
