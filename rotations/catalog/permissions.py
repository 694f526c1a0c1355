from rotations.catalog.models import Opening, Rotation
from rotations.providers.models import Provider
from rotations.providers.permissions import (
    can_manage_listings,
    can_manage_openings,
    can_verify,
)
from usce.permissions import Actor


def can_begin_rotation(actor: Actor, provider: Provider) -> bool:
    return can_manage_listings(actor, provider)


def can_edit_rotation(actor: Actor, rotation: Rotation) -> bool:
    return can_manage_listings(actor, rotation.provider)


def can_submit_rotation(actor: Actor, rotation: Rotation) -> bool:
    return can_manage_listings(actor, rotation.provider)


def can_publish_rotation(actor: Actor) -> bool:
    """Staff verifiers look at every listing once before the public sees it."""
    return can_verify(actor)


def can_pause_rotation(actor: Actor, rotation: Rotation) -> bool:
    return can_manage_listings(actor, rotation.provider) or can_verify(actor)


def can_add_opening(actor: Actor, rotation: Rotation) -> bool:
    return can_manage_openings(actor, rotation.provider)


def can_change_opening(actor: Actor, opening: Opening) -> bool:
    return can_manage_openings(actor, opening.rotation.provider)
