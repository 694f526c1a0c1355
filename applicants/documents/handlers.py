"""What a reviewer's posted form becomes."""

from datetime import datetime
from typing import Any

from applicants.documents.actions import accept_document, reject_document
from applicants.documents.models import Document
from usce.accounts.models import User


def decide(document: Document, told: dict[str, Any], *, actor: User, now: datetime) -> Document:
    if told["decision"] == "reject":
        return reject_document(document, reason=told["reason"], actor=actor, now=now)
    dates = {name: told.get(name) for name in ("issued_on", "expires_on")}
    return accept_document(document, actor=actor, now=now, **dates)
