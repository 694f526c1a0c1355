"""A question reaches who may answer it; the answer reaches who asked."""

from datetime import datetime

from django.urls import reverse

from rotations.conversations.models import Question
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
