"""Which versions are needed by whom, and their end: nothing is kept longer than it is of use."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Model

from applicants.documents.actions.errors import InUse
from applicants.documents.models import Document, Use
from applicants.documents.permissions import can_keep_document
from applicants.documents.queries import is_blob_shared, is_in_use, unneeded
from applicants.documents.states import DocumentState
from usce.accounts.models import User
from usce.files.actions import erase_blob
from usce.files.states import BlobState
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition

MOST_AT_ONCE = 200


def use(document: Document, *, by: Model, now: datetime) -> None:
    """`by` needs this version from now on; saying so twice changes nothing."""
    Use.objects.get_or_create(
        document=document,
        by_type=by._meta.label_lower,  # noqa: SLF001 -- Django's documented model API
        by_id=by.pk,
        defaults={"began_at": now},
    )


def end_uses(*, by: Model, on: date) -> None:
    """After the given day `by` needs its papers no more."""
    label = by._meta.label_lower  # noqa: SLF001 -- Django's documented model API
    Use.objects.filter(by_type=label, by_id=by.pk, ends_on__isnull=True).update(ends_on=on)


def remove_document(document: Document, *, actor: User, now: datetime) -> None:
    """The owner gives a paper up: its key is destroyed, a line without content stays.

    Raises InUse while something needs this version.
    """
    require(can_keep_document(actor, document))
    with transaction.atomic():
        lock(document)
        if is_in_use(document, now.date()):
            raise InUse
        if document.state != DocumentState.SUPERSEDED:
            transition(document, DocumentState.SUPERSEDED, actor=actor, now=now, ended_at=now)
        _erase(document, actor=actor, now=now)


def erase_unneeded(now: datetime) -> int:
    """Destroy what was refused or replaced once its time of keeping is over; the number."""
    count = 0
    for document in unneeded()[:MOST_AT_ONCE]:
        ended = document.ended_at
        if ended is None or ended + timedelta(days=document.about.keep_days) > now:
            continue
        with transaction.atomic():
            lock(document)
            if not is_in_use(document, now.date()):
                _erase(document, actor=SYSTEM, now=now)
                count += 1
    return count


def _erase(document: Document, *, actor: Actor, now: datetime) -> None:
    """The same file may be another version's as well: then its bytes stay."""
    blob = document.blob
    if blob.state != BlobState.ERASED and not is_blob_shared(document):
        erase_blob(blob, actor=actor, now=now)
