"""An applicant's papers: one row per version, on the encrypted files of the kernel."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applicants.documents.kinds import KINDS, DocumentKind, Kind
from applicants.documents.states import TRANSITIONS, DocumentState
from usce.files.models import Blob
from usce.ids import PublicIdField
from usce.states import Stateful

REVIEW = "documents.review"


class Document(Stateful):
    """One version of a paper.

    `issued_on` and `expires_on` are what stands on it, as its owner read it and staff confirmed it;
    `valid_until` is the last day it counts, by the rule of its kind.
    """

    transitions = TRANSITIONS

    public_id = PublicIdField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=180, help_text="as the person named it, cleaned")
    state = models.CharField(
        max_length=12, choices=DocumentState, default=DocumentState.QUARANTINED
    )
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True)
    refusal = models.CharField(max_length=300, blank=True, help_text="why not, as a sentence")
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, help_text="when its file had been checked")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="when it was refused or replaced")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_state", condition=Q(state__in=DocumentState.values)
            ),
            models.CheckConstraint(name="document_kind", condition=Q(kind__in=DocumentKind.values)),
            models.CheckConstraint(
                name="document_dates",
                condition=Q(issued_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("issued_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "kind", "-id"], name="document_owner"),
            models.Index(
                fields=["valid_until"],
                name="document_expiring",
                condition=Q(state=DocumentState.ACCEPTED, valid_until__isnull=False),
            ),
            models.Index(
                fields=["ended_at"], name="document_ended", condition=Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]


class Use(models.Model):
    """Something that needs this very version: an application it was sent with, a host it went to.

    `ends_on` is the last day of that need; open while nobody can tell.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="uses")
    by_type = models.CharField(max_length=60)
    by_id = models.BigIntegerField()
    began_at = models.DateTimeField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="use_once", fields=["document", "by_type", "by_id"]),
        ]
        indexes = [models.Index(fields=["by_type", "by_id"], name="use_by")]

    def __str__(self) -> str:
        return f"use of {self.document_id} by {self.by_type} {self.by_id}"
