"""What a provider's team is told about a listing."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from rotations.catalog.models import Rotation
from rotations.providers.models import Role
from rotations.providers.queries import members_of
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE = {
    "rotation": "Inpatient cardiology",
    "provider": "Hillside Clinic",
    "reason": "Say who supervises on weekends.",
    "path": "/rotations/sample",
}


def _event(name: str, subject: str) -> str:
    return register(
        Event(
            name=f"catalog.{name}",
            audience="provider",
            mail_class=MailClass.TRANSACTIONAL,
            subject=subject,
            template=f"emails/catalog/{name}",
            sample=SAMPLE,
        )
    ).name


PUBLISHED = _event("published", "{{ rotation|truncatechars:60 }} is public")
RETURNED = _event("returned", "One thing to change for {{ rotation|truncatechars:45 }}")


def tell_team(event: str, rotation: Rotation, *, now: datetime, **more: Any) -> None:
    """Owners and coordinators, each once."""
    path = reverse("discovery:rotation", args=[rotation.public_id, rotation.slug])
    provider = rotation.provider
    facts = {"rotation": rotation.title, "provider": provider.name, "path": path, **more}
    for member in members_of(provider, Role.OWNER, Role.COORDINATOR):
        key = f"{event}:{rotation.pk}:{member.user_id}:{now.isoformat()}"
        notify(event, to=member.user, facts=facts, unique_key=key, now=now)
