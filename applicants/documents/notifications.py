from datetime import datetime

from applicants.documents.models import Document
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

REJECTED = register(
    Event(
        "documents.rejected",
        "applicant",
        MailClass.TRANSACTIONAL,
        "{{ kind }} not accepted",
        "emails/documents/rejected",
        {
            "kind": "CV",
            "refusal": "Page 2 cannot be read.",
            "path": "/applications",
        },
    )
)

ACCEPTED = register(
    Event(
        "documents.accepted",
        "applicant",
        MailClass.NOTICE,
        "{{ kind }} accepted",
        "emails/documents/accepted",
        {"kind": "CV", "path": "/applications"},
    )
)


def tell_accepted(document: Document, *, now: datetime) -> None:
    facts = {"kind": document.get_kind_display(), "path": "/applications"}
    key = f"documents.accepted:{document.public_id}"
    notify(ACCEPTED.name, to=document.owner, facts=facts, unique_key=key, now=now)


def tell_rejected(document: Document, *, now: datetime) -> None:
    facts = {
        "kind": document.get_kind_display(),
        "refusal": document.refusal,
        "path": "/applications",
    }
    key = f"documents.rejected:{document.public_id}"
    notify(REJECTED.name, to=document.owner, facts=facts, unique_key=key, now=now)
