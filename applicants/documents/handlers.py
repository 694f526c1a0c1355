"""What posted forms become."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from applicants.documents.actions import (
    accept_document,
    add_document,
    agree_to_health_papers,
    reject_document,
    tell_lines,
)
from applicants.documents.kinds import DocumentKind
from applicants.documents.lines import What
from applicants.documents.models import Document
from usce.accounts.models import User
from usce.files.incoming import taken

BESIDE_THE_DAY = ("read_on", "mm", "level", "unit", "result")


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
    if told.get("upload") is None:
        return add_document(kind, told["file"], owner=owner, actor=owner, now=now, **dates)
    with taken(told["upload"], now=now) as file:
        return add_document(kind, file, owner=owner, actor=owner, now=now, **dates)


def decide(document: Document, told: dict[str, Any], *, actor: User, now: datetime) -> Document:
    if told["decision"] == "reject":
        return reject_document(document, reason=told["reason"], actor=actor, now=now)
    dates = {name: told.get(name) for name in ("issued_on", "expires_on")}
    return accept_document(document, proves=told.get("proves", ()), actor=actor, now=now, **dates)


def tell_record(
    what: What,
    days: Sequence[date],
    told: dict[str, Any],
    *,
    owner: User,
    ip_address: str | None,
    now: datetime,
) -> None:
    if told.get("agrees"):
        agree_to_health_papers(owner, ip_address=ip_address, now=now)
    more = {name: told[name] for name in BESIDE_THE_DAY if name in told}
    tell_lines(owner, what, days, more=more, actor=owner, now=now)
