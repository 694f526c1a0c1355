"""Which versions are needed by whom, and their end: nothing is kept longer than it is of use."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Model

from applicants.documents.actions.errors import InUse
from applicants.documents.kinds import KINDS
from applicants.documents.models import REVIEW, Document, Use
from applicants.documents.permissions import can_keep_document
from applicants.documents.queries import HEALTH, is_blob_shared, is_in_use, unneeded
from applicants.documents.states import DocumentState
from usce.accounts.actions import withdraw_consent
from usce.accounts.models import User
from usce.cases.actions import settle_case
from usce.files.actions import erase_blob
from usce.files.incoming import drop, incoming_of
from usce.files.states import BlobState
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition

MOST_AT_ONCE = 200


def use(document: Document, *, by: Model, now: datetime) -> None:
    """`by` needs this version from now on, or again; saying so twice changes nothing."""
    Use.objects.update_or_create(
        document=document,
        by_type=by._meta.label_lower,  # noqa: SLF001 -- Django's documented model API
        by_id=by.pk,
        defaults={"ends_on": None},
        create_defaults={"began_at": now},
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


def give_up_all(owner: User, *, now: datetime) -> None:
    """Every paper of somebody whose data are erased, whoever needed it; again changes nothing."""
    for document in Document.objects.filter(owner=owner).select_related("blob").order_by("pk"):
        with transaction.atomic():
            lock(document)
            Use.objects.filter(document=document, ends_on__isnull=True).update(ends_on=now.date())
            settle_case(REVIEW, document, decision="withdrawn", note="", actor=SYSTEM, now=now)
            if document.state != DocumentState.SUPERSEDED:
                transition(document, DocumentState.SUPERSEDED, actor=SYSTEM, now=now, ended_at=now)
            _erase(document, actor=SYSTEM, now=now)
    for incoming in incoming_of(owner):
        drop(incoming)


def withdraw_health_consent(
    owner: User, *, actor: User, ip_address: str | None, now: datetime
) -> tuple[int, int]:
    """Take the consent back: health papers are destroyed, and how many a host still needs.

    Those go by themselves once their use ends; nothing new is taken without a new consent.
    """
    require(actor == owner)
    gone = kept = 0
    with transaction.atomic():
        withdraw_consent(owner, HEALTH, ip_address=ip_address, now=now)
        health = [name for name, kind in KINDS.items() if kind.has_health_facts]
        papers = Document.objects.filter(owner=owner, kind__in=health).order_by("pk")
        for document in papers.exclude(blob__state=BlobState.ERASED).select_related("blob"):
            if is_in_use(document, now.date()):
                kept += 1
                continue
            settle_case(REVIEW, document, decision="withdrawn", note="", actor=SYSTEM, now=now)
            remove_document(document, actor=actor, now=now)
            gone += 1
    return gone, kept


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
    document.hints.all().delete()
    if blob.state != BlobState.ERASED and not is_blob_shared(document):
        erase_blob(blob, actor=actor, now=now)
