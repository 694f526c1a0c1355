"""A chain over the audit entries, its head written outside the database.

A chain alone does not notice that its newest links were cut off, so the head's position and
digest are also appended to a file that the database cannot reach.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from usce.audit.models import AuditEntry, AuditSeal

BATCH = 500
START = "0" * 64
SEALER_LOCK = 7_304_210


@dataclass(frozen=True)
class Break:
    """The first place at which chain, entries and anchor disagree."""

    position: int
    finding: str


def seal(now: datetime) -> int:
    """Chain every entry that has no seal yet; two sealers at once chain each entry once."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
        head = AuditSeal.objects.order_by("-position").first()
        position, digest = (head.position, head.digest) if head else (0, START)
        links = []
        for found in AuditEntry.objects.filter(seal=None).order_by("id")[:BATCH]:
            position, digest = position + 1, digest_of(found, digest)
            links.append(AuditSeal(position=position, entry=found, sealed_at=now, digest=digest))
        AuditSeal.objects.bulk_create(links)
    if links:
        _anchor(position, digest, now)
    return len(links)


def digest_of(entry: AuditEntry, previous: str) -> str:
    told = [
        previous,
        entry.pk,
        entry.at.isoformat(),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.target_type,
        entry.target_id,
        entry.changes,
        entry.reason,
        entry.request_id,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def verify() -> Break | None:
    """Walk the chain from its start; the first break, or None when all agrees."""
    digest, position = START, 0
    for link in _links():
        if link.position != position + 1:
            return Break(position + 1, "an entry was deleted")
        position = link.position
        digest = digest_of(link.entry, digest)
        if digest != link.digest:
            return Break(position, "an entry was edited or put in")
    anchored = _last_anchor()
    if anchored is None:
        return Break(0, "the anchor file is missing") if position else None
    at, wanted = anchored
    if at > position:
        return Break(position + 1, "the newest entries were cut off")
    known = AuditSeal.objects.filter(position=at).values_list("digest", flat=True).first()
    return None if known == wanted else Break(at, "the chain was written anew")


def unsealed_before(moment: datetime) -> int:
    """How many entries wait for the sealer since before `moment`."""
    return AuditEntry.objects.filter(seal=None, at__lt=moment).count()


def _links() -> Iterator[AuditSeal]:
    position = 0
    while True:
        page = list(
            AuditSeal.objects.select_related("entry")
            .filter(position__gt=position)
            .order_by("position")[:BATCH]
        )
        if not page:
            return
        yield from page
        position = page[-1].position


def _anchor(position: int, digest: str, now: datetime) -> None:
    file = _anchor_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="ascii") as lines:
        lines.write(f"{position} {digest} {now.isoformat()}\n")


def _last_anchor() -> tuple[int, str] | None:
    file = _anchor_file()
    if not file.exists():
        return None
    lines = file.read_text(encoding="ascii").splitlines()
    heads = [(int(line.split()[0]), line.split()[1]) for line in lines if line.strip()]
    return max(heads, default=None)


def _anchor_file() -> Path:
    return Path(settings.AUDIT_ANCHOR_FILE)
