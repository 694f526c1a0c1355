"""Doors without a password: whoever holds the token may do one named thing."""

from django.db import models
from django.db.models import F, Q


class Grant(models.Model):
    """A link's right. Only the hash of the token is kept; the token is minted at delivery."""

    scope = models.CharField(max_length=60, help_text="what it opens, as 'providers.preceptor'")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    uses_left = models.PositiveSmallIntegerField(null=True, help_text="none: until it expires")
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_forward", condition=Q(expires_at__gt=F("created_at"))
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="grant_subject")]

    def __str__(self) -> str:
        return f"{self.scope} {self.subject_id}"
