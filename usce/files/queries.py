from datetime import datetime

from django.db.models import QuerySet

from usce.files.models import Blob, Check
from usce.files.states import BlobState


def checks_of(blob: Blob) -> QuerySet[Check]:
    return Check.objects.filter(blob=blob).order_by("id")


def unscanned(before: datetime) -> QuerySet[Blob]:
    return Blob.objects.filter(state=BlobState.QUARANTINED, created_at__lt=before).order_by("id")
