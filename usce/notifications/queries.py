from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from usce.notifications.events import DIGEST, MailClass
from usce.notifications.models import Mail, OptOut, Suppression


def messages_for(user: AbstractBaseUser) -> QuerySet[Mail]:
    """What was written to this person, newest first, also what could not leave; never codes.

    A digest only gathers what stands here already.
    """
    return (
        Mail.objects.filter(recipient_id=user.pk)
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


def wants(user: AbstractBaseUser, mail_class: MailClass) -> bool:
    """Whether mails of this class leave for this person."""
    return not OptOut.objects.filter(user_id=user.pk, mail_class=mail_class).exists()


def outbox() -> QuerySet[Mail]:
    return Mail.objects.select_related("recipient").order_by("-id")


def outbox_like(*, event: str, state: str) -> QuerySet[Mail]:
    """Of one event, in one state, or both; an empty answer leaves its side open."""
    rows = outbox()
    if event:
        rows = rows.filter(event=event)
    return rows.filter(state=state) if state else rows
