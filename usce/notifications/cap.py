"""At most three mails a day that could wait, by the calendar of whoever gets them."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from usce.notifications.events import MailClass, all_events
from usce.notifications.models import Mail, Pace
from usce.notifications.queries import pace_of
from usce.notifications.states import MailState

MOST_A_DAY = 3


def waits(mail: Mail) -> bool:
    """Whether its reader wants notices together rather than one by one."""
    return mail.recipient is not None and pace_of(mail.recipient) != Pace.AT_ONCE


def has_had_enough(mail: Mail, now: datetime) -> bool:
    """Whether the day's three have left. Locks the person: two workers count one after another."""
    person = mail.recipient
    if person is None:
        return False
    type(person)._default_manager.select_for_update(no_key=True).get(pk=person.pk)  # noqa: SLF001 -- Django's documented model API
    notices = [event.name for event in all_events() if event.mail_class == MailClass.NOTICE]
    today = Mail.objects.filter(
        recipient=person,
        event__in=notices,
        state__in=(MailState.SENDING, MailState.SENT),
        claimed_at__gte=midnight_before(now, person.time_zone),
    )
    return today.exclude(pk=mail.pk).count() >= MOST_A_DAY


def midnight_before(now: datetime, zone: str) -> datetime:
    """When the day began in the zone."""
    return datetime.combine(now.astimezone(ZoneInfo(zone)).date(), time.min, ZoneInfo(zone))
