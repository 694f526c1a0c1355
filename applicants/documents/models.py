"""An applicant's papers: one row per version, on the encrypted files of the kernel."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applicants.documents.states import TRANSITIONS, DocumentState
from usce.files.models import Blob
from usce.ids import PublicIdField
from usce.states import Stateful


class DocumentKind(models.TextChoices):
    CV = "cv", "CV"


class Document(Stateful):
    transitions = TRANSITIONS

    public_id = PublicIdField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=180, help_text="as the person named it, cleaned")
    state = models.CharField(
        max_length=12, choices=DocumentState, default=DocumentState.QUARANTINED
    )
    refusal = models.CharField(max_length=300, blank=True, help_text="why not, as a sentence")
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_state", condition=Q(state__in=DocumentState.values)
            ),
            models.CheckConstraint(name="document_kind", condition=Q(kind__in=DocumentKind.values)),
        ]
        indexes = [models.Index(fields=["owner", "kind", "-id"], name="document_owner")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
