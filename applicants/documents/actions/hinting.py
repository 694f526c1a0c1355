"""Looking at a checked paper once more, for those who decide: hints beside its owner's claims.

A hinter takes the paper, the text that was found in it, and today where its owner lives. It may
ask the database; it changes nothing. To add one, name it in HINTERS.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.db import transaction

from applicants.documents.actions.comparing import (
    lines_of,
    look_at_age,
    passport_lines,
    policy,
    stored,
    words_about_patients,
)
from applicants.documents.models import Document, StoredHint
from applicants.documents.queries import today_of
from applicants.documents.rules.hints import Hint, date_hints, text_hint
from applicants.documents.rules.passports import TYPED
from usce.files.states import BlobState
from usce.files.streams import text_of
from usce.states import lock

Hinter = Callable[[Document, str, date], Iterable[Hint]]


def look_for_hints(document: Document, *, now: datetime) -> None:
    """Replace the paper's hints by those of today; nothing before its file is clean."""
    if document.blob.state != BlobState.CLEAN:
        return
    text = text_of(document.blob)
    today = today_of(document.owner, now)
    found = [hint for hinter in HINTERS for hint in hinter(document, text, today)]
    with transaction.atomic():
        lock(document)
        if document.blob.state != BlobState.CLEAN:
            return
        StoredHint.objects.filter(document=document).exclude(source=TYPED).delete()
        StoredHint.objects.bulk_create(stored(document, hint, now) for hint in found)
        if mrz := lines_of(document, text, today):
            look_at_age(document, mrz, today, now)


def _text(document: Document, text: str, today: date) -> Iterable[Hint]:  # noqa: ARG001 -- a hinter
    return [text_hint(text)]


def _dates(document: Document, text: str, today: date) -> Iterable[Hint]:  # noqa: ARG001 -- a hinter
    claimed = {"Date on the paper": document.issued_on, "Last valid day": document.expires_on}
    return date_hints(text, claimed)


HINTERS: tuple[Hinter, ...] = (_text, _dates, passport_lines, policy, words_about_patients)
