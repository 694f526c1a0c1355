from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from applicants.documents.models import Document
from applicants.documents.notifications import remind_of_end
from applicants.documents.queries import expiring, is_being_replaced

STEPS = (1, 7, 14, 30, 60)


def remind_of_ends(now: datetime) -> None:
    """Tell owners 60, 30, 14, 7 and 1 days before a paper ends, by their own calendar.

    Run late, only the step that is due now is told; run twice or by two at once, nothing is told
    twice.
    """
    for document in expiring(now.date(), within_days=STEPS[-1]).iterator():
        _remind(document, now)


def _remind(document: Document, now: datetime) -> None:
    until = document.valid_until
    today = now.astimezone(ZoneInfo(document.owner.time_zone)).date()
    days = (until - today).days if until else -1
    step = next((step for step in STEPS if 0 <= days <= step), None)
    if until is None or step is None or is_being_replaced(document):
        return
    begin_by = max(until - timedelta(days=document.about.lead_days), today)
    remind_of_end(document, until=until, step=step, days=days, begin_by=begin_by, now=now)
