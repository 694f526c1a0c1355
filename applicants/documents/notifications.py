from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse

from applicants.documents.models import Document
from usce.accounts.models import User
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
        about="A paper was accepted",
    )
)

DELAYED = register(
    Event(
        "documents.delayed",
        "applicant",
        MailClass.TRANSACTIONAL,
        "{{ kind }}{% if others %} and {{ others }} more{% endif %}: the check takes longer",
        "emails/documents/delayed",
        {
            "kind": "TB test",
            "others": 1,
            "since": "Thursday 26 November 2026",
            "path": SAMPLE_PATH,
        },
    )
)

_ENDING = {
    "first": "TB test",
    "until": "Tuesday 20 April 2027",
    "others": 1,
    "papers": [
        {
            "kind": "TB test",
            "until": "Tuesday 20 April 2027",
            "days": 30,
            "lead_days": 14,
            "begin_by": "Tuesday 6 April 2027",
            "path": SAMPLE_PATH,
        },
        {
            "kind": "BLS card",
            "until": "Friday 30 April 2027",
            "days": 30,
            "lead_days": 0,
            "begin_by": "Friday 30 April 2027",
            "path": SAMPLE_PATH,
        },
    ],
    "path": SAMPLE_PATH,
}
_SUBJECT = "{{ first }}{% if others %} and {{ others }} more{% endif %}: counts until {{ until }}"
EXPIRING = register(
    Event(
        "documents.expiring",
        "applicant",
        MailClass.NOTICE,
        _SUBJECT,
        "emails/documents/expiring",
        _ENDING,
        about="A paper ends in 60, 30 or 14 days",
    )
)
ENDING_SOON = register(
    Event(
        "documents.ending_soon",
        "applicant",
        MailClass.NOTICE,
        _SUBJECT,
        "emails/documents/expiring",
        _ENDING,
        about="A paper ends within 7 days (leaves at once in every pace)",
        can_wait=False,
    )
)


class Ending(NamedTuple):
    """A paper with its last day, and by when a new one has to be begun."""

    document: Document
    step: int
    days: int
    until: date
    begin_by: date


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


def tell_of_delay(owner: User, papers: list[Document], *, now: datetime) -> None:
    """One mail for all papers of one owner that wait, named by the one that waits longest."""
    first = papers[0]
    facts = {
        "kind": first.get_kind_display(),
        "others": len(papers) - 1,
        "since": in_words(first.uploaded_at.astimezone(ZoneInfo(owner.time_zone)).date()),
        "path": _path(first) if len(papers) == 1 else reverse("documents:vault"),
    }
    key = f"{DELAYED.name}:{first.public_id}"
    notify(DELAYED.name, to=owner, facts=facts, unique_key=key, now=now)


def remind_of_end(owner: User, endings: list[Ending], *, is_soon: bool, now: datetime) -> None:
    """One mail for all papers of one owner that reached a step; the next to end comes first."""
    endings = sorted(endings, key=lambda ending: (ending.until, ending.document.pk))
    first = endings[0]
    facts = {
        "first": first.document.get_kind_display(),
        "until": in_words(first.until),
        "others": len(endings) - 1,
        "papers": [_facts(ending) for ending in endings],
        "path": _path(first.document) if len(endings) == 1 else reverse("documents:vault"),
    }
    event = ENDING_SOON if is_soon else EXPIRING
    key = f"{event.name}:{first.document.public_id}:{first.step}:{first.until}"
    notify(event.name, to=owner, facts=facts, unique_key=key, now=now)


def _facts(ending: Ending) -> dict[str, Any]:
    return {
        "kind": ending.document.get_kind_display(),
        "until": in_words(ending.until),
        "days": ending.days,
        "lead_days": ending.document.about.lead_days,
        "begin_by": in_words(ending.begin_by),
        "path": _path(ending.document),
    }


def _path(document: Document) -> str:
    return reverse("documents:detail", args=[document.public_id])
