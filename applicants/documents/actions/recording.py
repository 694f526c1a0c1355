"""The lines of an immunization record: told by their owner, proved by a paper that staff read."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from applicants.documents.actions.errors import BadLine, NotAgreed
from applicants.documents.kinds import DocumentKind
from applicants.documents.lines import What
from applicants.documents.models import Document, ImmunizationLine
from applicants.documents.permissions import can_keep_record
from applicants.documents.queries import (
    birth_date_of,
    is_consent_missing,
    provable_by,
    record_of,
)
from applicants.documents.rules.immunizations import impossible
from usce.accounts.models import User
from usce.audit.actions import record
from usce.permissions import require

EASTERNMOST = timedelta(hours=14)  # where a day begins first
MOST_LINES = 100


def tell_lines(
    owner: User,
    what: What,
    days: Sequence[date],
    *,
    actor: User,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> list[ImmunizationLine]:
    """Keep a line for each day. Raises NotAgreed before the owner's consent, BadLine.

    `more` is what the kind tells beside the day: `result`, `level` with `unit`, `mm` with
    `read_on`.
    """
    require(can_keep_record(actor, owner))
    if is_consent_missing(owner, DocumentKind.IMMUNIZATIONS):
        raise NotAgreed
    told, today, born_on = dict(more or {}), (now + EASTERNMOST).date(), birth_date_of(owner)
    for day in days:
        if wrong := impossible(day, told.get("read_on"), born_on=born_on, today=today):
            raise BadLine(wrong)
    if record_of(owner).count() + len(days) > MOST_LINES:
        raise BadLine(f"A record holds {MOST_LINES} lines. Remove one that is not needed.")
    rows = [
        ImmunizationLine(owner=owner, what=what, done_on=day, told_on=today, **told) for day in days
    ]
    try:
        with transaction.atomic():
            for row in rows:
                row.save()
                record("documents.line.told", row, actor=actor, now=now, reason=what)
    except IntegrityError as error:
        if "line_once_a_day" not in str(error):
            raise
        raise BadLine(
            "A line of this kind and day is there already. Remove it to change it."
        ) from error
    return rows


def forget_line(line: ImmunizationLine, *, actor: User, now: datetime) -> None:
    """Take a line back, proved or not: the record is its owner's."""
    require(can_keep_record(actor, line.owner))
    with transaction.atomic():
        record("documents.line.forgotten", line, actor=actor, now=now, reason=line.what)
        line.delete()


def prove_lines(
    document: Document, public_ids: Collection[str], *, actor: User, now: datetime
) -> int:
    """Within the decision on a paper: these lines stand on it. Whoever decides was asked before."""
    lines = provable_by(document).filter(public_id__in=public_ids).select_for_update(no_key=True)
    for line in lines:
        line.paper, line.proved_by, line.proved_at = document, actor, now
        line.save(update_fields=["paper", "proved_by", "proved_at"])
        record("documents.line.proved", line, actor=actor, now=now, reason=document.public_id)
    return len(lines)
