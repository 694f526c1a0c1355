"""What could wait leaves together, once, on the next morning of whoever gets it."""

from collections import defaultdict
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from usce.notifications.actions import notify
from usce.notifications.cap import midnight_before
from usce.notifications.events import DIGEST, MailClass
from usce.notifications.models import Mail
from usce.notifications.queries import wants
from usce.notifications.rendering import for_recipient, path_in_account
from usce.notifications.states import MailState
from usce.permissions import SYSTEM
from usce.states import transition

MORNING = time(8)
MOST_LINES = 20


def send_digests(now: datetime) -> int:
    """One mail for each person whose morning has come; gives how many. Late or twice: still one."""
    waiting = Mail.objects.filter(state=MailState.FOLDED).select_related("recipient")
    by_person: defaultdict[int | None, list[Mail]] = defaultdict(list)
    for mail in waiting.order_by("id"):
        if _is_due(mail, now):
            by_person[mail.recipient_id].append(mail)
    return sum(_send(mails, now) for mails in by_person.values())


def _is_due(mail: Mail, now: datetime) -> bool:
    """It was written before today, and 8 o'clock has passed where its reader lives."""
    zone = _zone(mail)
    is_morning = now.astimezone(ZoneInfo(zone)).time() >= MORNING
    return is_morning and mail.created_at < midnight_before(now, zone)


def _send(mails: list[Mail], now: datetime) -> bool:
    """The key holds the day: one a day, whoever sweeps how often. The person is locked first."""
    person = mails[0].recipient
    if person is None:
        return False
    with transaction.atomic():
        type(person)._default_manager.select_for_update(no_key=True).get(pk=person.pk)  # noqa: SLF001 -- Django's documented model API
        day = now.astimezone(ZoneInfo(_zone(mails[0]))).date()
        key = f"digest:{person.pk}:{day}"
        if Mail.objects.filter(unique_key=key).exists():
            return False  # what was folded after this morning's digest waits for the next
        folded = Mail.objects.filter(pk__in=[mail.pk for mail in mails], state=MailState.FOLDED)
        mails = list(folded.select_related("recipient").order_by("id"))
        wanted = wants(person, MailClass.NOTICE)
        after = MailState.SENT if wanted else MailState.SUPPRESSED
        for mail in mails:
            transition(mail, after, actor=SYSTEM, now=now, sent_at=now if wanted else None)
        if not (mails and wanted):
            return False
        lines = [{"words": for_recipient(it).subject, "path": _path(it)} for it in mails]
        facts = {"count": len(lines), "lines": lines[:MOST_LINES], "path": "/messages"}
        notify(DIGEST, to=person, facts=facts, unique_key=key, now=now)
    return True


def _path(mail: Mail) -> str:
    """Where the line leads: to the thing itself, never through a door that needs no password."""
    return path_in_account(mail) or "/messages"


def _zone(mail: Mail) -> str:
    return str(getattr(mail.recipient, "time_zone", "UTC"))
