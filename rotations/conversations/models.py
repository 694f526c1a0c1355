"""Questions to a provider about a listing, and messages to Rounds itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from rotations.catalog.models import Rotation
from rotations.conversations.rules import About
from usce.ids import PublicIdField

LONGEST = 600
LONGEST_MESSAGE = 5000


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


class Inquiry(models.Model):
    """A message to Rounds from anybody, with or without an account, and the one answer to it."""

    public_id = PublicIdField()
    about = models.CharField(max_length=9, choices=About)
    name = models.CharField(max_length=180, blank=True)
    email = models.EmailField(blank=True, help_text="without it nobody can be answered")
    text = models.TextField(max_length=LONGEST_MESSAGE)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, null=True, related_name="+")
    earlier = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+",
        help_text="the answered message that this one asks to look at again",
    )  # fmt: skip
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="by when it is answered, on the clock of New York")
    answer = models.TextField(blank=True, max_length=LONGEST_MESSAGE)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="inquiry_about", condition=Q(about__in=About.values)),
            models.CheckConstraint(
                name="inquiry_answered_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["email", "-id"], name="inquiry_sender")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people name when they write again."""
        return f"M-{1000 + self.pk}"
