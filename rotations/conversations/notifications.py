"""A question reaches who may answer it; the answer reaches who asked, and who wrote to us."""

from datetime import datetime

from django.urls import reverse

from rotations.conversations.models import Inquiry, Question
from rotations.conversations.rules import HOME_ZONE, About
from rotations.providers.models import Role
from rotations.providers.queries import members_of
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE = {
    "rotation": "Inpatient cardiology",
    "provider": "Hillside Clinic",
    "path": "/rotations/sample/ask",
}

ASKED = register(
    Event(
        name="conversations.asked",
        audience="provider",
        mail_class=MailClass.TRANSACTIONAL,
        subject="A question about {{ rotation|truncatechars:40 }}",
        template="emails/conversations/asked",
        sample=SAMPLE,
    )
)
ANSWERED = register(
    Event(
        name="conversations.answered",
        audience="applicant",
        mail_class=MailClass.TRANSACTIONAL,
        subject="Your question is answered: {{ rotation|truncatechars:40 }}",
        template="emails/conversations/answered",
        sample=SAMPLE,
    )
)

MESSAGE = {
    "reference": "M-1042",
    "about": "A question",
    "due_at": "2026-12-01T22:00:00+00:00",
    "site_zone": HOME_ZONE,
    "answer": "The host looks at applications every Monday; yours is with them.",
    "path": "/contact",
}
RECEIVED = register(
    Event(
        name="conversations.received",
        audience="anybody",
        mail_class=MailClass.TRANSACTIONAL,
        subject="We have your message, {{ reference }}",
        template="emails/conversations/received",
        sample=MESSAGE,
    )
)
REPLIED = register(
    Event(
        name="conversations.replied",
        audience="anybody",
        mail_class=MailClass.TRANSACTIONAL,
        subject="Our answer to your message {{ reference }}",
        template="emails/conversations/replied",
        sample=MESSAGE,
    )
)


def tell_provider(question: Question, *, now: datetime) -> None:
    """Everybody there who manages applicants; the question itself stays on the page."""
    provider = question.rotation.provider
    path = reverse("conversations:answer", args=[provider.slug, question.public_id])
    for member in members_of(provider, Role.OWNER, Role.COORDINATOR):
        notify(
            ASKED.name,
            to=member.user,
            facts={"rotation": question.rotation.title, "path": path},
            unique_key=f"asked:{question.pk}:{member.user_id}",
            now=now,
        )


def tell_asker(question: Question, *, now: datetime) -> None:
    rotation = question.rotation
    facts = {
        "rotation": rotation.title,
        "provider": rotation.provider.name,
        "path": reverse("conversations:ask", args=[rotation.public_id]),
    }
    notify(
        ANSWERED.name,
        to=question.asker,
        facts=facts,
        unique_key=f"answered:{question.pk}",
        now=now,
    )


def tell_received(inquiry: Inquiry, *, now: datetime) -> None:
    facts = {"due_at": inquiry.due_at.isoformat(), "site_zone": HOME_ZONE}
    _tell_writer(RECEIVED.name, inquiry, facts, now)


def tell_answer(inquiry: Inquiry, *, now: datetime) -> None:
    _tell_writer(REPLIED.name, inquiry, {"answer": inquiry.answer}, now)


def _tell_writer(event: str, inquiry: Inquiry, facts: dict[str, str], now: datetime) -> None:
    """To the address given, which need not be that of an account; to none if none was given."""
    if not inquiry.email:
        return
    known = {
        "reference": inquiry.reference,
        "about": About(inquiry.about).label,
        "path": reverse("conversations:contact"),
    }
    key = f"{event}:{inquiry.pk}"
    notify(event, to=inquiry.email, facts=known | facts, unique_key=key, now=now)
