from datetime import date, datetime

from django.urls import reverse

from applicants.documents.models import Document
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register
from usce.ui.dates import day as in_words

SAMPLE_PATH = "/documents/0123456789abcdef"

REJECTED = register(
    Event(
        "documents.rejected",
        "applicant",
        MailClass.TRANSACTIONAL,
        "{{ kind }} not accepted",
        "emails/documents/rejected",
        {"kind": "TB test", "refusal": "The date cannot be read.", "path": SAMPLE_PATH},
    )
)

ACCEPTED = register(
    Event(
        "documents.accepted",
        "applicant",
        MailClass.NOTICE,
        "{{ kind }} accepted",
        "emails/documents/accepted",
        {"kind": "CV", "path": SAMPLE_PATH},
    )
)

EXPIRING = register(
    Event(
        "documents.expiring",
        "applicant",
        MailClass.NOTICE,
        "{{ kind }} counts until {{ until }}",
        "emails/documents/expiring",
        {
            "kind": "TB test",
            "until": "Tuesday 20 April 2027",
            "days": 30,
            "lead_days": 14,
            "begin_by": "Tuesday 6 April 2027",
            "path": SAMPLE_PATH,
        },
    )
)


def tell_accepted(document: Document, *, now: datetime) -> None:
    facts = {"kind": document.get_kind_display(), "path": _path(document)}
    key = f"documents.accepted:{document.public_id}"
    notify(ACCEPTED.name, to=document.owner, facts=facts, unique_key=key, now=now)


def tell_rejected(document: Document, *, now: datetime) -> None:
    facts = {
        "kind": document.get_kind_display(),
        "refusal": document.refusal,
        "path": _path(document),
    }
    key = f"documents.rejected:{document.public_id}"
    notify(REJECTED.name, to=document.owner, facts=facts, unique_key=key, now=now)


def remind_of_end(
    document: Document, *, until: date, step: int, days: int, begin_by: date, now: datetime
) -> None:
    """One reminder for each step (days before the end), however often it is asked for."""
    facts = {
        "kind": document.get_kind_display(),
        "until": in_words(until),
        "days": days,
        "lead_days": document.about.lead_days,
        "begin_by": in_words(begin_by),
        "path": _path(document),
    }
    key = f"documents.expiring:{document.public_id}:{step}"
    notify(EXPIRING.name, to=document.owner, facts=facts, unique_key=key, now=now)


def _path(document: Document) -> str:
    return reverse("documents:detail", args=[document.public_id])
