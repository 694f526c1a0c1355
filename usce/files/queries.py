from datetime import datetime

from django.db.models import QuerySet

from usce.files.models import Blob, Check, Derivative, DerivativeKind
from usce.files.states import BlobState


def checks_of(blob: Blob) -> QuerySet[Check]:
    return Check.objects.filter(blob=blob).order_by("id")


def unscanned(before: datetime) -> QuerySet[Blob]:
    return Blob.objects.filter(state=BlobState.QUARANTINED, created_at__lt=before).order_by("id")


def pages_of(blob: Blob) -> list[Derivative]:
    """The pages as pictures, the first one first; none before every check was passed."""
    return list(Derivative.objects.filter(blob=blob, kind=DerivativeKind.PAGE).order_by("number"))


def stored_names() -> set[str]:
    """What the storage has to hold; anything else there is nobody's."""
    blobs = Blob.objects.exclude(state=BlobState.ERASED).values_list("storage_name", flat=True)
    return {*blobs, *Derivative.objects.values_list("storage_name", flat=True)}
