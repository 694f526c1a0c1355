"""What a verifier's posted form becomes."""

from datetime import datetime

from rotations.catalog.actions import publish_rotation, return_rotation
from rotations.catalog.models import Rotation
from rotations.providers.actions import return_provider, suspend_provider, verify_provider
from rotations.providers.models import Provider
from usce.accounts.models import User

SAID = {
    "verify": "checked; its rotations can be public.",
    "publish": "public.",
    "return": "returned to the team, with the reason.",
    "suspend": "taken off the public list.",
}


def decide_provider(
    provider: Provider, told: dict[str, str], *, actor: User, now: datetime
) -> None:
    if told["decision"] == "verify":
        verify_provider(provider, actor=actor, now=now)
    elif told["decision"] == "return":
        return_provider(provider, reason=told["reason"], actor=actor, now=now)
    else:
        suspend_provider(provider, reason=told["reason"], actor=actor, now=now)


def decide_listing(rotation: Rotation, told: dict[str, str], *, actor: User, now: datetime) -> None:
    if told["decision"] == "publish":
        publish_rotation(rotation, actor=actor, now=now)
    else:
        return_rotation(rotation, reason=told["reason"], actor=actor, now=now)
