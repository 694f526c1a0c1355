"""What the development mailbox received: whole messages as they would have left."""

from django.db import models


class ReceivedMail(models.Model):
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    attachments = models.JSONField(default=list, help_text="file name, media type, size")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["to", "-id"], name="devmail_to")]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
