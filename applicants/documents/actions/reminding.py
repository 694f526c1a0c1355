"""Before a paper ends its owner hears of it, by her own calendar, once for each step."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction

from applicants.documents.models import Document, Reminder
from applicants.documents.notifications import Ending, remind_of_end
from applicants.documents.queries import being_replaced, expiring, reminded_of
from usce.accounts.models import User

STEPS = (1, 7, 14, 30, 60)
SOON = 7
OWNERS_AT_ONCE = 200


class Due(NamedTuple):
    document: Document
    step: int
    days: int
    until: date


def remind_of_ends(now: datetime) -> int:
    """Tell owners 60, 30, 14, 7 and 1 days before a paper ends; gives how many mails.

    Papers of one owner that reach a step on the same day come in one mail. Run late, only the step
    that is due now is told; run twice or by two at once, nothing is told twice.
    """
    return sum(_remind(papers, now) for papers in _by_owner(now))


def _by_owner(now: datetime) -> Iterator[list[Document]]:
    """A few hundred owners in memory at a time, by their keys."""
    last = 0
    rows = expiring(now.date(), within_days=STEPS[-1])
    while True:
        owners = list(
            rows.filter(owner__gt=last)
            .order_by("owner")
            .values_list("owner", flat=True)
            .distinct()[:OWNERS_AT_ONCE]
        )
        papers: defaultdict[int, list[Document]] = defaultdict(list)
        for document in rows.filter(owner__in=owners):
            papers[document.owner_id].append(document)
        yield from papers.values()
        if len(owners) < OWNERS_AT_ONCE:
            return
        last = owners[-1]


def _remind(papers: list[Document], now: datetime) -> int:
    """The owner is locked: two beats look one after the other."""
    owner = papers[0].owner
    if not any(_due(paper, owner, now) for paper in papers):
        return 0
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        wanted = _wanted(papers, owner, now)
        Reminder.objects.bulk_create(
            Reminder(document=due.document, step=due.step, until=due.until, told_at=now)
            for due in wanted
        )
        soon = [due for due in wanted if due.step <= SOON]
        later = [due for due in wanted if due.step > SOON]
        return sum(_tell(dues, owner, now) for dues in (soon, later) if dues)


def _wanted(papers: list[Document], owner: User, now: datetime) -> list[Due]:
    told, replaced = reminded_of(papers), being_replaced(papers)
    dues = (_due(paper, owner, now) for paper in papers if paper.pk not in replaced)
    return [due for due in dues if due and (due.document.pk, due.step, due.until) not in told]


def _tell(dues: list[Due], owner: User, now: datetime) -> int:
    endings = [_ending(due, owner, now) for due in dues]
    remind_of_end(owner, endings, is_soon=dues[0].step <= SOON, now=now)
    return 1


def _due(document: Document, owner: User, now: datetime) -> Due | None:
    """The nearest step that has been reached; None before the first and after the last day."""
    if document.valid_until is None:
        return None
    days = (document.valid_until - _today(owner, now)).days
    step = next((step for step in STEPS if 0 <= days <= step), None)
    return Due(document, step, days, document.valid_until) if step is not None else None


def _ending(due: Due, owner: User, now: datetime) -> Ending:
    lead = due.document.about.lead_days
    begin_by = max(due.until - timedelta(days=lead), _today(owner, now))
    return Ending(due.document, due.step, due.days, due.until, begin_by)


def _today(owner: User, now: datetime) -> date:
    return now.astimezone(ZoneInfo(owner.time_zone)).date()
