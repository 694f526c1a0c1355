"""What somebody is told about the rotations on her list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from rotations.catalog.models import Opening, Rotation
from usce.accounts.models import User
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE: dict[str, Any] = {
    "count": 2,
    "lines": [
        {"title": "Inpatient cardiology", "town": "Houston", "starts_on": "2027-07-06"},
        {"title": "Family medicine observership", "town": "Dallas", "starts_on": "2027-08-02"},
    ],
    "rotation": "Inpatient cardiology",
    "town": "Houston",
    "starts_on": "2027-07-06",
    "changes": ["New: USMLE Step 1 passed", "No longer asked: ECFMG certification"],
    "sentence": "You can apply; two things are due by the start.",
    "path": "/saved",
}


def _event(name: str, mail_class: MailClass, subject: str, about: str = "") -> str:
    template = f"emails/discovery/{name}"
    return register(
        Event(f"discovery.{name}", "applicant", mail_class, subject, template, SAMPLE, about)
    ).name


NOW_QUALIFY = _event(
    "now_qualify",
    MailClass.DIGEST,
    "You now qualify for {{ count }} saved rotation{{ count|pluralize }}",
)
SAVED_RULE_CHANGED = _event(
    "saved_rule_changed",
    MailClass.NOTICE,
    'A rule changed for {{ town|truncatechars:40 }}, {{ starts_on|date:"j F" }}',
    about="A rule changed of a saved rotation",
)


def tell_qualified(user: User, found: Sequence[tuple[Rotation, Opening]], now: datetime) -> None:
    """Once for all that has become open since the last look."""
    lines = [_line(rotation, opening) for rotation, opening in found]
    facts = {"count": len(lines), "lines": lines, "path": reverse("discovery:saved")}
    key = f"{NOW_QUALIFY}:{user.pk}:{now.isoformat()}"
    notify(NOW_QUALIFY, to=user, facts=facts, unique_key=key, now=now)


def tell_rule_changed(
    user: User,
    rotation: Rotation,
    opening: Opening,
    *,
    changes: list[str],
    sentence: str,
    now: datetime,
) -> None:
    line = _line(rotation, opening)
    facts = {
        "rotation": line["title"],
        "town": line["town"],
        "starts_on": line["starts_on"],
        "changes": changes,
        "sentence": sentence,
        "path": reverse("discovery:rotation", args=[rotation.public_id, rotation.slug]),
    }
    key = f"{SAVED_RULE_CHANGED}:{user.pk}:{rotation.pk}:{now.isoformat()}"
    notify(SAVED_RULE_CHANGED, to=user, facts=facts, unique_key=key, now=now)


def _line(rotation: Rotation, opening: Opening) -> dict[str, str]:
    return {
        "title": rotation.title,
        "town": rotation.site.city,
        "starts_on": opening.starts_on.isoformat(),
    }
