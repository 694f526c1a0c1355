"""What preceptors and a provider's team are told."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from rotations.providers.models import Member, Preceptor, Provider, Role
from rotations.providers.queries import members_of
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE = {
    "provider": "Hillside Clinic",
    "member": "Bruno Keller",
    "preceptor": "Dr. Ines Okafor",
    "reason": "The address of the second site is missing.",
    "path": "/p/hillside",
    "role": "coordinator",
    "until_on": "2026-06-01",
}

PRECEPTOR_SHOWN = register(
    Event(
        name="providers.preceptor_shown",
        audience="preceptor",
        mail_class=MailClass.TRANSACTIONAL,
        subject="How should {{ provider|truncatechars:40 }} show your name?",
        template="emails/providers/preceptor_shown",
        sample=SAMPLE,
    )
)
INVITED = register(
    Event(
        name="providers.invited",
        audience="anybody",
        mail_class=MailClass.TRANSACTIONAL,
        subject=(
            "{{ member|truncatechars:25 }} invites you to {{ provider|truncatechars:25 }} on Rounds"
        ),
        template="emails/providers/invited",
        sample=SAMPLE,
    )
)
REMOVED = register(
    Event(
        name="providers.removed",
        audience="provider",
        mail_class=MailClass.TRANSACTIONAL,
        subject="You are no longer in the team of {{ provider|truncatechars:40 }}",
        template="emails/providers/removed",
        sample=SAMPLE,
    )
)


def _event(name: str, subject: str) -> str:
    return register(
        Event(
            name=f"providers.{name}",
            audience="provider",
            mail_class=MailClass.TRANSACTIONAL,
            subject=subject,
            template=f"emails/providers/{name}",
            sample=SAMPLE,
        )
    ).name


VERIFIED = _event("verified", "{{ provider|truncatechars:60 }} was checked")
RETURNED = _event("returned", "One thing to change for {{ provider|truncatechars:45 }}")
LICENSE_ENDING = register(
    Event(
        name="providers.license_ending",
        audience="provider",
        mail_class=MailClass.NOTICE,
        subject='License look-up until {{ until_on|date:"j F" }}: {{ preceptor|truncatechars:30 }}',
        template="emails/providers/license_ending",
        sample=SAMPLE,
        about="A physician's license is to be looked up again",
    )
).name
JOINED = _event("joined", "{{ member|truncatechars:30 }} joined {{ provider|truncatechars:30 }}")
SUSPENDED = _event("suspended", "{{ provider|truncatechars:45 }} is not shown at present")


def tell_joined(added: Member, *, now: datetime) -> None:
    """The other owners, so that nobody joins a team unseen."""
    provider = added.provider
    facts = {
        "provider": provider.name,
        "member": str(added.user),
        "role": added.role,
        "path": reverse("providers:team", args=[provider.slug]),
    }
    for owner in members_of(provider, Role.OWNER).exclude(user=added.user_id):
        key = f"joined:{added.pk}:{owner.user_id}"
        notify(JOINED, to=owner.user, facts=facts, unique_key=key, now=now)


def tell_license_ending(preceptor: Preceptor, until_on: date, step: int, *, now: datetime) -> None:
    """Owners and coordinators, once for each step: days before the look-up ends."""
    provider = preceptor.provider
    facts = {
        "provider": provider.name,
        "preceptor": str(preceptor),
        "until_on": until_on.isoformat(),
        "path": reverse("providers:team", args=[provider.slug]),
    }
    for member in members_of(provider, Role.OWNER, Role.COORDINATOR):
        key = f"license_ending:{preceptor.pk}:{until_on}:{step}:{member.user_id}"
        notify(LICENSE_ENDING, to=member.user, facts=facts, unique_key=key, now=now)


def tell_team(event: str, provider: Provider, *, now: datetime, **more: Any) -> None:
    """Owners and coordinators, each once."""
    path = reverse("console:provider-home", args=[provider.slug])
    facts = {"provider": provider.name, "path": path, **more}
    for member in members_of(provider, Role.OWNER, Role.COORDINATOR):
        key = f"{event}:{provider.pk}:{member.user_id}:{now.isoformat()}"
        notify(event, to=member.user, facts=facts, unique_key=key, now=now)
