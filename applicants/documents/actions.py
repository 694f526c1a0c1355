"""An applicant's papers: added, checked by what their files turned out to be."""

from datetime import datetime

from django.db import transaction
from django.http import StreamingHttpResponse

from applicants.documents.models import Document, DocumentKind
from applicants.documents.notifications import tell_accepted, tell_rejected
from applicants.documents.permissions import can_add_document
from applicants.documents.states import DocumentState
from usce.accounts.models import User
from usce.audit.actions import record, record_access
from usce.errors import Refused
from usce.files.actions import store_upload
from usce.files.models import CheckResult
from usce.files.queries import checks_of
from usce.files.states import BlobState
from usce.files.streams import NotServable, download
from usce.files.uploads import EncryptedUpload
from usce.permissions import SYSTEM, require
from usce.states import lock, transition
from usce.text import clean_line

LONGEST_NAME = 180
PDF_ONLY = {DocumentKind.CV}


class StillChecked(Refused):
    def __init__(self) -> None:
        super().__init__("This file is still being checked. It opens here once that is done.")


def add_document(
    kind: DocumentKind, upload: EncryptedUpload, *, owner: User, actor: User, now: datetime
) -> Document:
    """Keep the upload as a new version of the owner's paper and have it checked.

    Raises UploadRefused. Earlier versions stay as they are: what was sent with one holds it.
    """
    require(can_add_document(actor) and actor == owner)
    blob = store_upload(upload, owner=owner, now=now)
    with transaction.atomic():
        document = Document.objects.create(
            owner=owner,
            kind=kind,
            blob=blob,
            file_name=plain_name(upload.name or ""),
            uploaded_at=now,
        )
        record("documents.document.added", document, actor=actor, now=now)
        transition(document, DocumentState.CHECKING, actor=SYSTEM, now=now)
        settle_document(document, now=now)
    return document


def settle_document(document: Document, *, now: datetime) -> None:
    """Take over what the checks of the file said; nothing happens while they still run."""
    with transaction.atomic():
        lock(document)
        if document.state not in (DocumentState.QUARANTINED, DocumentState.CHECKING):
            return
        if document.blob.state == BlobState.QUARANTINED:
            return
        if document.state == DocumentState.QUARANTINED:
            transition(document, DocumentState.CHECKING, actor=SYSTEM, now=now)
        refusal = _refusal(document)
        to = DocumentState.REJECTED if refusal else DocumentState.ACCEPTED
        transition(document, to, actor=SYSTEM, now=now, checked_at=now, refusal=refusal)
        (tell_rejected if refusal else tell_accepted)(document, now=now)


def open_document(document: Document, *, viewer: User, now: datetime) -> StreamingHttpResponse:
    """Stream the file to somebody who was found to be allowed, and write down that it was opened.

    Raises StillChecked for a file that no scanner has passed.
    """
    try:
        response = download(document.blob, document.file_name)
    except NotServable as error:
        raise StillChecked from error
    what = f"{document.get_kind_display()} opened"
    record_access(what, document, viewer=viewer, subject=document.owner, now=now)
    return response


def plain_name(name: str) -> str:
    """The file's name as a label: no path, no control or direction marks, not too long."""
    base = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1]) or "file"
    stem, dot, ending = base.rpartition(".")
    keep = LONGEST_NAME - len(ending) - 1
    return f"{stem[:keep]}.{ending}" if dot and keep > 0 else base[:LONGEST_NAME]


def _refusal(document: Document) -> str:
    blob = document.blob
    if blob.state == BlobState.CLEAN:
        if document.kind in PDF_ONLY and blob.media_type != "application/pdf":
            return f"A {document.get_kind_display()} is a PDF file. Save it as PDF and upload that."
        return ""
    failed = checks_of(blob).filter(result=CheckResult.FAILED).last()
    if failed is not None and failed.name == "type":
        return failed.detail
    return "The scanner found something harmful in this file. Upload a clean copy."
