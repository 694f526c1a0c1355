from django.db import models

from usce.states import Table


class BlobState(models.TextChoices):
    QUARANTINED = "quarantined"
    CLEAN = "clean"
    REFUSED = "refused"
    ERASED = "erased"


TRANSITIONS: Table = {
    BlobState.QUARANTINED: frozenset({BlobState.CLEAN, BlobState.REFUSED, BlobState.ERASED}),
    BlobState.CLEAN: frozenset({BlobState.ERASED, BlobState.REFUSED}),
    BlobState.REFUSED: frozenset({BlobState.ERASED}),
    BlobState.ERASED: frozenset(),
}
