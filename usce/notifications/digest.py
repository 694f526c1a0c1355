"""What could wait leaves together, once, on the next morning of whoever gets it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from usce.notifications.actions import notify
from usce.notifications.events import DIGEST, MailClass
from usce.notifications.models import Mail, Pace, Rhythm
from usce.notifications.queries import wants
from usce.notifications.rendering import for_recipient, path_in_account
from usce.notifications.states import MailState
from usce.permissions import SYSTEM
from usce.states import transition

MORNING = time(8)
MOST_LINES = 20


def send_digests(now: datetime) -> int:
    """One mail for each person whose morning has come; gives how many. Late or twice: still one.

    In the weekly pace that morning is Monday's.
    """
    pace = Rhythm.objects.filter(user=OuterRef("recipient")).values("pace")
    waiting = Mail.objects.filter(state=MailState.FOLDED, emptied_at__isnull=True)
    people = (
        waiting.annotate(pace=Coalesce(Subquery(pace), Value(Pace.AT_ONCE.value)))
        .order_by("recipient_id")
        .values_list("recipient_id", "recipient__time_zone", "pace")
        .distinct()
    )
    sent = 0
    for person, zone, pace_of_person in people:
        before = _written_before(now, zone, pace_of_person)
        if before is not None:
            mails = waiting.filter(recipient_id=person, created_at__lt=before)
            sent += _send(list(mails.select_related("recipient").order_by("id")), now)
    return sent


def _written_before(now: datetime, zone: str, pace: str) -> datetime | None:
    """Up to when what leaves now was written; None while it is not yet 8 o'clock of its day.

    Late, on a Tuesday say, what waited for Monday still leaves.
    """
    local = now.astimezone(ZoneInfo(zone))
    day = local.date()
    if pace == Pace.WEEKLY:
        day -= timedelta(days=local.weekday())
    if local < datetime.combine(day, MORNING, ZoneInfo(zone)):
        return None
    return datetime.combine(day, time.min, ZoneInfo(zone))


def _send(mails: list[Mail], now: datetime) -> bool:
    """The key holds the day: one a day, whoever sweeps how often. The person is locked first."""
    person = mails[0].recipient if mails else None
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
        wanted = [mail for mail in mails if _is_wanted(mail)]
        for mail in mails:
            after = MailState.SENT if mail in wanted else MailState.SUPPRESSED
            sent_at = now if mail in wanted else None
            transition(mail, after, actor=SYSTEM, now=now, sent_at=sent_at)
        if not wanted:
            return False
        lines = [{"words": for_recipient(it).subject, "path": _path(it)} for it in wanted]
        facts = {"count": len(lines), "lines": lines[:MOST_LINES], "path": "/messages"}
        notify(DIGEST, to=person, facts=facts, unique_key=key, now=now)
    return True


def _is_wanted(mail: Mail) -> bool:
    """The choice may have changed since it was folded."""
    person = mail.recipient
    return person is not None and person.is_active and wants(person, MailClass.NOTICE, mail.event)


def _path(mail: Mail) -> str:
    """Where the line leads: to the thing itself, never through a door that needs no password."""
    return path_in_account(mail) or "/messages"


def _zone(mail: Mail) -> str:
    return str(getattr(mail.recipient, "time_zone", "UTC"))
