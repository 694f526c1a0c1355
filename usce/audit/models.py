"""Who did what on what, written in the change's own transaction and never changed."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One change. Holds ids, never names, so that erasing a person leaves it true."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=40, help_text="'user' or the system actor's name")
    action = models.CharField(max_length=80)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_type", "target_id", "id"], name="audit_target")]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class AuditSeal(models.Model):
    """A link of the chain over the entries, in the order in which the sealer met them."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    sealed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position} {self.digest[:12]}"


class AccessLog(models.Model):
    """Somebody opened somebody's document or profile; shown to the person it is about."""

    at = models.DateTimeField()
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    what = models.CharField(max_length=80)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "-at"], name="access_subject")]

    def __str__(self) -> str:
        return f"{self.what} {self.target_type} {self.target_id}"
