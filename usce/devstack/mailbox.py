"""A mail backend that delivers into a table, for development and tests of whole walks."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from usce.devstack.models import ReceivedMail


class MailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            ReceivedMail(
                to=address,
                subject=str(message.subject),
                text=str(message.body),
                html=_html(message),
                attachments=[_described(part) for part in message.attachments],
            )
            for message in email_messages
            for address in message.recipients()
        ]
        return len(ReceivedMail.objects.bulk_create(rows))


def _html(message: EmailMessage) -> str:
    parts = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return next((str(part[0]) for part in parts if part[1] == "text/html"), "")


def _described(part: Any) -> dict[str, object]:
    name, content, media_type = part
    return {"name": name, "media_type": media_type, "size": len(content)}
