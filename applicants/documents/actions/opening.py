from datetime import datetime

from django.http import StreamingHttpResponse

from applicants.documents.actions.errors import StillChecked
from applicants.documents.models import Document
from usce.accounts.models import User
from usce.audit.actions import record_access
from usce.files.models import Derivative
from usce.files.streams import NotServable, download
from usce.files.streams import show_page as stream_page


def open_document(document: Document, *, viewer: User, now: datetime) -> StreamingHttpResponse:
    """Stream the file to somebody who was found to be allowed, and write down that it was opened.

    Raises StillChecked for a file that no scanner has passed.
    """
    try:
        response = download(document.blob, document.file_name)
    except NotServable as error:
        raise StillChecked from error
    _write_down(f"{document.get_kind_display()} downloaded", document, viewer, now)
    return response


def show_page(
    document: Document, page: Derivative, *, viewer: User, now: datetime
) -> StreamingHttpResponse:
    """Stream one page as a picture; that the paper was looked at is written down once a visit."""
    try:
        response = stream_page(page)
    except NotServable as error:
        raise StillChecked from error
    if page.number == 1:
        _write_down(f"{document.get_kind_display()} opened", document, viewer, now)
    return response


def _write_down(what: str, document: Document, viewer: User, now: datetime) -> None:
    record_access(what, document, viewer=viewer, subject=document.owner, now=now)
