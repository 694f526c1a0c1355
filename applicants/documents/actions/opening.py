import unicodedata
from datetime import date, datetime, timedelta

from django.http import StreamingHttpResponse

from applicants.documents.actions.errors import StillChecked
from applicants.documents.models import Document
from applicants.documents.queries import today_of
from usce.accounts.models import User
from usce.audit.actions import record_access
from usce.audit.queries import saw
from usce.files.models import Derivative
from usce.files.streams import NotServable, download, show_marked_page
from usce.files.streams import show_page as stream_page
from usce.limits.actions import check
from usce.text import clean_line
from usce.ui.dates import day_short

MINUTE = timedelta(minutes=1)
MOST_PAGES_A_MINUTE = 120
VISIT = timedelta(hours=1)


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
    """Stream one page as a picture, to others than its owner with their name drawn across it.

    That the paper was looked at is written down with its first page, and with any other page of
    somebody who did not open it within the last hour.
    """
    if viewer.pk == document.owner_id:
        return _streamed(page, "")
    check(f"pages:{viewer.pk}", limit=MOST_PAGES_A_MINUTE, window=MINUTE, now=now)
    response = _streamed(page, mark_of(viewer, now))
    if page.number == 1 or not saw(viewer, document, of=document.owner, since=now - VISIT):
        _write_down(f"{document.get_kind_display()} opened", document, viewer, now)
    return response


def mark_of(viewer: User, now: datetime) -> str:
    return marked_with(viewer.full_name, today_of(viewer, now), or_else=viewer.public_id)


def marked_with(name: str, day: date, *, or_else: str = "by link") -> str:
    """Who looks and on which day, in letters that every reader has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{clean_line(plain)[:40] or or_else}, {day_short(day)}"


def _streamed(page: Derivative, mark: str) -> StreamingHttpResponse:
    try:
        return show_marked_page(page, mark) if mark else stream_page(page)
    except NotServable as error:
        raise StillChecked from error


def _write_down(what: str, document: Document, viewer: User, now: datetime) -> None:
    record_access(what, document, viewer=viewer, subject=document.owner, now=now)
