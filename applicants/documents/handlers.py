"""What posted forms become."""

from datetime import datetime
from typing import Any

from applicants.documents.actions import (
    accept_document,
    add_document,
    agree_to_health_papers,
    reject_document,
)
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from usce.accounts.models import User


def add_paper(
    kind: DocumentKind,
    told: dict[str, Any],
    *,
    owner: User,
    ip_address: str | None,
    now: datetime,
) -> Document:
    if told.get("agrees"):
        agree_to_health_papers(owner, ip_address=ip_address, now=now)
    dates = {name: told.get(name) for name in ("issued_on", "expires_on")}
    return add_document(kind, told["file"], owner=owner, actor=owner, now=now, **dates)


def decide(document: Document, told: dict[str, Any], *, actor: User, now: datetime) -> Document:
    if told["decision"] == "reject":
        return reject_document(document, reason=told["reason"], actor=actor, now=now)
    dates = {name: told.get(name) for name in ("issued_on", "expires_on")}
    return accept_document(document, actor=actor, now=now, **dates)
