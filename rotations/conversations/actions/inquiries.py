"""Messages to Rounds: sent by anybody, answered once, by somebody who may."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from rotations.catalog.models import Rotation
from rotations.conversations.models import Inquiry
from rotations.conversations.notifications import tell_answer, tell_received
from rotations.conversations.permissions import can_answer_inquiry
from rotations.conversations.queries import answered_before, just_sent
from rotations.conversations.rules import HOME_ZONE, About, days_for, queue_for
from usce.accounts.models import User
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.errors import Refused
from usce.limits.actions import check
from usce.permissions import SYSTEM, require
from usce.reference.rules import business_deadline

AN_HOUR = timedelta(hours=1)
MESSAGES_AN_HOUR = 5
CASE = "conversations.inquiry"


class MessageAnswered(Refused):
    """Somebody of the staff was faster."""


@dataclass(frozen=True)
class Message:
    """What somebody wrote; `reference` is that of an earlier answer, if it names one."""

    about: str
    text: str
    name: str = ""
    email: str = ""
    reference: str = ""


def send_inquiry(
    message: Message,
    *,
    rotation: Rotation | None,
    sender: User | None,
    ip_address: str,
    now: datetime,
) -> Inquiry:
    """Write the message down, open the case, confirm by mail; a double click sends one.

    Raises TooOften after five in an hour from one address.
    """
    if (twin := just_sent(message.email, message.text, now)) is not None:
        return twin
    check(f"inquiry:{ip_address}", limit=MESSAGES_AN_HOUR, window=AN_HOUR, now=now)
    with transaction.atomic():
        inquiry = Inquiry.objects.create(
            about=message.about,
            name=message.name,
            email=message.email,
            text=message.text,
            sender=sender,
            rotation=rotation,
            earlier=answered_before(message.reference, message.email),
            sent_at=now,
            due_at=business_deadline(now, days_for(message.about), HOME_ZONE),
        )
        open_case(
            CASE,
            inquiry,
            title=f"{inquiry.reference}: {About(inquiry.about).label}",
            queue=queue_for(inquiry.about),
            due_at=inquiry.due_at,
            actor=sender or SYSTEM,
            now=now,
        )
        record("conversations.inquiry.sent", inquiry, actor=sender or SYSTEM, now=now)
        tell_received(inquiry, now=now)
    return inquiry


def answer_inquiry(inquiry: Inquiry, answer: str, *, actor: User, now: datetime) -> Inquiry:
    """Answer once and close the case; a second look is never taken by who gave the first answer."""
    require(can_answer_inquiry(actor, inquiry), "Somebody else answers this message.")
    with transaction.atomic():
        fresh = Inquiry.objects.select_for_update(no_key=True, of=("self",)).get(pk=inquiry.pk)
        if fresh.answered_at is not None:
            raise MessageAnswered("This message was answered a moment ago. Nothing was sent.")
        fresh.answer, fresh.answered_by, fresh.answered_at = answer, actor, now
        fresh.save(update_fields=["answer", "answered_by", "answered_at"])
        settle_case(CASE, fresh, decision="answered", note="", actor=actor, now=now)
        record("conversations.inquiry.answered", fresh, actor=actor, now=now)
        tell_answer(fresh, now=now)
    return fresh
