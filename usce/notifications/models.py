"""The outbox: every mail is a row with its facts, written with the change it tells of."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from usce.ids import PublicIdField
from usce.notifications.events import MailClass
from usce.notifications.states import TRANSITIONS, MailState
from usce.states import Stateful

# What one may switch off. A transactional mail always leaves.
CHOSEN = [(MailClass.NOTICE.value, "Notice"), (MailClass.DIGEST.value, "Digest")]


class Mail(Stateful):
    """One message to one person. Rendered at delivery, so no secret is ever stored in it."""

    transitions = TRANSITIONS

    public_id = PublicIdField()
    event = models.CharField(max_length=80)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    address = models.EmailField()
    facts = models.JSONField(default=dict)
    unique_key = models.CharField(max_length=160, unique=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True, help_text="since when it holds no facts")

    class Meta:
        constraints = [
            models.CheckConstraint(name="mail_state", condition=Q(state__in=MailState.values)),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="mail_recipient"),
            models.Index(fields=["-id"], name="mail_newest"),
            models.Index(
                fields=["recipient", "id"], name="mail_folded", condition=Q(state=MailState.FOLDED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"


class Suppression(models.Model):
    """An address that must not be written to: it bounced, complained, or asked us to stop."""

    email = models.EmailField()
    reason = models.CharField(max_length=40)
    since_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="suppression_email")]

    def __str__(self) -> str:
        return self.reason


class OptOut(models.Model):
    """Somebody who wants no mails of a class, or of one event of it.

    What was written still stands in the account.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    mail_class = models.CharField(max_length=13, choices=CHOSEN)
    event = models.CharField(max_length=80, blank=True, help_text="empty: the whole class")
    since_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="opt_out_once", fields=["user", "mail_class", "event"]),
            models.CheckConstraint(
                name="opt_out_class", condition=Q(mail_class__in=[value for value, _ in CHOSEN])
            ),
        ]

    def __str__(self) -> str:
        return self.mail_class


class Pace(models.TextChoices):
    """When notices leave."""

    AT_ONCE = "at_once", "At once, at most three a day; what is more comes next morning"
    DAILY = "daily", "Together, each morning at 8"
    WEEKLY = "weekly", "Together, each Monday at 8"


class Rhythm(models.Model):
    """The pace that a person chose; without a row it is at once."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    pace = models.CharField(max_length=7, choices=Pace)
    since_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="rhythm_pace", condition=Q(pace__in=Pace.values)),
        ]

    def __str__(self) -> str:
        return self.pace
