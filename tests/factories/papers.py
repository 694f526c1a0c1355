"""Papers as people bring them: through the upload handler, the scanner and the reader."""

import datetime as dt

from applicants.documents.actions import add_document, agree_to_health_papers
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from applicants.documents.tasks import settle_documents_of
from tests.support.pdf import pdf_bytes
from usce.accounts.models import User
from usce.files.tasks import scan_stored_blob
from usce.files.uploads import EncryptedUpload, EncryptingUploadHandler


def upload(content: bytes, name: str = "cv.pdf") -> EncryptedUpload:
    handler = EncryptingUploadHandler()
    handler.new_file("cv", name, None, len(content), None, None)
    handler.receive_data_chunk(content, 0)
    return handler.file_complete(len(content))


def added(
    owner: User,
    now: dt.datetime,
    content: bytes = b"",
    kind: DocumentKind = DocumentKind.CV,
    **dates: dt.date,
) -> Document:
    agree_to_health_papers(owner, ip_address=None, now=now)
    file = upload(content or pdf_bytes())
    return add_document(kind, file, owner=owner, actor=owner, now=now, **dates)


def checked(
    owner: User,
    now: dt.datetime,
    content: bytes = b"",
    kind: DocumentKind = DocumentKind.CV,
    **dates: dt.date,
) -> Document:
    document = added(owner, now, content, kind, **dates)
    scan_stored_blob(document.blob_id)
    settle_documents_of(document.blob_id)
    document.refresh_from_db()
    return document
