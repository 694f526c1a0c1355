from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet

from usce.notifications.events import DIGEST, MailClass
from usce.notifications.models import Mail, OptOut, Pace, Rhythm, Suppression


def messages_for(user: AbstractBaseUser) -> QuerySet[Mail]:
    """What was written to this person, newest first, also what could not leave; never codes.

    A digest only gathers what stands here already.
    """
    return (
        Mail.objects.filter(recipient_id=user.pk, emptied_at__isnull=True)
        .exclude(event__startswith="accounts.")
        .exclude(event=DIGEST)
        .select_related("recipient")
        .order_by("-id")
    )


def unread_count(user: AbstractBaseUser) -> int:
    return messages_for(user).filter(read_at__isnull=True).count()


def suppression_of(address: str) -> Suppression | None:
    """Why we do not write to this address, if we do not."""
    return Suppression.objects.filter(email__iexact=address).first()


def wants(user: AbstractBaseUser, mail_class: MailClass, event: str = "") -> bool:
    """Whether mails of this class, and of this event of it, leave for this person."""
    rows = OptOut.objects.filter(user_id=user.pk, mail_class=mail_class, event__in=("", event))
    return not rows.exists()


def unwanted_events(user: AbstractBaseUser) -> set[str]:
    """The events that this person switched off one by one."""
    rows = OptOut.objects.filter(user_id=user.pk).exclude(event="")
    return set(rows.values_list("event", flat=True))


def pace_of(user: AbstractBaseUser) -> str:
    chosen = Rhythm.objects.filter(user_id=user.pk).values_list("pace", flat=True).first()
    return chosen or Pace.AT_ONCE


def mails_about(user: AbstractBaseUser, words: Iterable[str]) -> QuerySet[Mail]:
    """What was written to this person, and to others with one of these ids in its key or link."""
    one_of = "|".join(words)  # public ids: letters and digits alone
    about = Q(unique_key__regex=one_of) | Q(facts__path__regex=one_of) if one_of else Q(pk__in=())
    hers = Q(recipient_id=user.pk) | Q(address__iexact=str(getattr(user, "email", "")))
    return Mail.objects.filter(hers | about)


def outbox() -> QuerySet[Mail]:
    return Mail.objects.select_related("recipient").order_by("-id")


def outbox_like(*, event: str, state: str) -> QuerySet[Mail]:
    """Of one event, in one state, or both; an empty answer leaves its side open."""
    rows = outbox()
    if event:
        rows = rows.filter(event=event)
    return rows.filter(state=state) if state else rows
