from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from applicants.documents.actions.deciding import settle_document
from applicants.documents.actions.errors import BadDates, NotAgreed, NotReviewed
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from applicants.documents.permissions import can_add_document, can_keep_document
from applicants.documents.queries import HEALTH, birth_date_of, is_consent_missing, today_of
from applicants.documents.rules.dates import problems, valid_until
from applicants.documents.states import DocumentState
from usce.accounts.actions import record_consent
from usce.accounts.models import User
from usce.accounts.queries import has_agreed
from usce.accounts.texts import HEALTH_PAPERS
from usce.audit.actions import record
from usce.files.actions import store_upload
from usce.files.models import Incoming
from usce.files.uploads import EncryptedUpload
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM, require
from usce.states import lock, transition
from usce.text import clean_line

LONGEST_NAME = 180


def add_document(
    kind: DocumentKind,
    upload: EncryptedUpload,
    *,
    owner: User,
    actor: User,
    now: datetime,
    issued_on: date | None = None,
    expires_on: date | None = None,
) -> Document:
    """Keep the upload as a new version of the owner's paper and have it checked.

    Raises UploadRefused and BadDates, and NotAgreed for a health paper before its owner's consent.
    Earlier versions stay as they are until this one is accepted: what was sent with one of them
    goes on using it.
    """
    require(can_add_document(actor) and actor == owner)
    require_possible(issued_on, expires_on, owner=owner, now=now)
    if is_consent_missing(owner, kind):
        raise NotAgreed
    blob = store_upload(upload, owner=owner, now=now)
    with transaction.atomic():
        document = Document.objects.create(
            owner=owner,
            kind=kind,
            blob=blob,
            file_name=plain_name(upload.name or ""),
            issued_on=issued_on,
            expires_on=expires_on,
            valid_until=valid_until(kind, issued_on, expires_on),
            uploaded_at=now,
        )
        record("documents.document.added", document, actor=actor, now=now)
        transition(document, DocumentState.CHECKING, actor=SYSTEM, now=now)
        settle_document(document, now=now)
    return document


def agree_to_health_papers(user: User, *, ip_address: str | None, now: datetime) -> None:
    """The person's consent to today's notice, once; needed before her first health paper."""
    require(can_add_document(user))
    if not has_agreed(user, HEALTH, HEALTH_PAPERS):
        record_consent(user, HEALTH, HEALTH_PAPERS, ip_address=ip_address, now=now)


def correct_dates(
    document: Document,
    *,
    issued_on: date | None,
    expires_on: date | None,
    actor: User,
    now: datetime,
) -> Document:
    """The owner reads the paper's dates once more. Raises BadDates; NotReviewed once decided."""
    require(can_keep_document(actor, document))
    require_possible(issued_on, expires_on, owner=document.owner, now=now)
    with transaction.atomic():
        lock(document)
        if document.decided_at or document.ended_at:
            raise NotReviewed
        write_dates(document, issued_on, expires_on)
        record("documents.document.dates", document, actor=actor, now=now)
        enqueue("documents.look_for_hints", document_id=document.pk)
    return document


def write_dates(document: Document, issued_on: date | None, expires_on: date | None) -> None:
    document.issued_on, document.expires_on = issued_on, expires_on
    document.valid_until = valid_until(document.kind, issued_on, expires_on)
    document.save(update_fields=["issued_on", "expires_on", "valid_until"])


def require_possible(
    issued_on: date | None, expires_on: date | None, *, owner: User, now: datetime
) -> None:
    """Raise BadDates unless the owner's paper could carry these dates, told or not, by today."""
    today, born_on = today_of(owner, now), birth_date_of(owner)
    if found := problems(issued_on, expires_on, today=today, born_on=born_on):
        raise BadDates(found[0])


def plain_name(name: str) -> str:
    """The file's name as a label: no path, no control or direction marks, not too long."""
    base = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1]) or "file"
    stem, dot, ending = base.rpartition(".")
    keep = LONGEST_NAME - len(ending) - 1
    return f"{stem[:keep]}.{ending}" if dot and keep > 0 else base[:LONGEST_NAME]


def joined_name(pages: Sequence[Incoming]) -> str:
    """What a paper of several photos is called: after the first of them."""
    if not pages:
        return "photos.pdf"
    first = pages[0].name.rpartition(".")[0] or pages[0].name
    return plain_name(f"{first} and {len(pages) - 1} more.pdf")
