from datetime import datetime

from django.db.models import QuerySet

from usce.files.models import Blob, Check, Chunk, Derivative, DerivativeKind
from usce.files.states import BlobState


def checks_of(blob: Blob) -> QuerySet[Check]:
    return Check.objects.filter(blob=blob).order_by("id")


def unscanned(before: datetime) -> QuerySet[Blob]:
    return Blob.objects.filter(state=BlobState.QUARANTINED, created_at__lt=before).order_by("id")


def before_it(blob: Blob, *, since: datetime) -> QuerySet[Blob]:
    """Files of the same owner that came before and still wait for their check."""
    same = Blob.objects.filter(owner=blob.owner_id, state=BlobState.QUARANTINED)
    return same.filter(pk__lt=blob.pk, created_at__gte=since)


def after_it(blob: Blob) -> Blob | None:
    """The next file of the same owner that waits for its check."""
    same = Blob.objects.filter(owner=blob.owner_id, state=BlobState.QUARANTINED, pk__gt=blob.pk)
    return same.order_by("pk").first()


def pages_of(blob: Blob) -> list[Derivative]:
    """The pages as pictures, the first one first; none before every check was passed."""
    return list(Derivative.objects.filter(blob=blob, kind=DerivativeKind.PAGE).order_by("number"))


def stored_names() -> set[str]:
    """What the storage has to hold; anything else there is nobody's."""
    blobs = Blob.objects.exclude(state=BlobState.ERASED).values_list("storage_name", flat=True)
    derived = Derivative.objects.values_list("storage_name", flat=True)
    return {*blobs, *derived, *Chunk.objects.values_list("storage_name", flat=True)}
