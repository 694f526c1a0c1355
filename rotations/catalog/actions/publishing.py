"""Bring listings before the public, and open and close their dates."""

from datetime import date, datetime

from django.db import transaction

from rotations.catalog.actions.errors import BadOpening, NotReady, ReasonMissing, SeatsTaken
from rotations.catalog.models import LISTING_REVIEW, Opening, Rotation
from rotations.catalog.notifications import PUBLISHED, RETURNED, tell_team
from rotations.catalog.permissions import (
    can_add_opening,
    can_change_opening,
    can_pause_rotation,
    can_publish_rotation,
    can_submit_rotation,
)
from rotations.catalog.rules import BadTiers, check_tiers
from rotations.catalog.states import OpeningState, RotationState
from rotations.eligibility.rules import BadRule, check_rule
from rotations.providers.states import ProviderState
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.cases.queries import live_case
from usce.permissions import Actor, require
from usce.reference.rules import business_deadline
from usce.states import lock, transition
from usce.text import clean_text

LISTING_DAYS = 2


def submit_rotation(rotation: Rotation, *, actor: Actor, now: datetime) -> Rotation:
    """The provider hands a draft to staff; it must be complete but for what staff look up."""
    require(can_submit_rotation(actor, rotation))
    check_complete(rotation)
    with transaction.atomic():
        transition(rotation, RotationState.IN_REVIEW, actor=actor, now=now, updated_at=now)
        open_case(
            LISTING_REVIEW,
            rotation,
            title=f"{rotation.title}, {rotation.provider.name}",
            queue=Queue.VERIFIER,
            due_at=business_deadline(now, LISTING_DAYS, rotation.site.time_zone),
            actor=actor,
            now=now,
        )
    return rotation


def publish_rotation(rotation: Rotation, *, actor: Actor, now: datetime) -> Rotation:
    """Staff looked at the listing; its provider must be verified, its rules and refunds sound."""
    require(can_publish_rotation(actor))
    with transaction.atomic():
        lock(rotation)
        if rotation.provider.state != ProviderState.VERIFIED:
            raise NotReady("The provider has to be verified before its rotations are public.")
        if not rotation.preceptor.license_checked_on:
            raise NotReady("The preceptor's license has to be looked up first.")
        check_complete(rotation)
        published_at = rotation.published_at or now
        transition(
            rotation, RotationState.PUBLISHED, actor=actor, now=now, published_at=published_at
        )
        if live_case(LISTING_REVIEW, rotation):  # the team waits for the answer
            _settle(rotation, "published", "", actor, now)
            tell_team(PUBLISHED, rotation, now=now)
    return rotation


def return_rotation(rotation: Rotation, *, reason: str, actor: Actor, now: datetime) -> Rotation:
    """Something is missing or unclear: a draft again, with what the team is to change."""
    require(can_publish_rotation(actor))
    said = clean_text(reason)
    if not said:
        raise ReasonMissing("Say why: the provider's team reads this sentence.")
    with transaction.atomic():
        transition(rotation, RotationState.DRAFT, actor=actor, now=now, reason=said)
        _settle(rotation, "returned", said, actor, now)
        tell_team(RETURNED, rotation, now=now, reason=said)
    return rotation


def pause_rotation(rotation: Rotation, *, reason: str, actor: Actor, now: datetime) -> Rotation:
    """Take no new applications for now; running ones go on."""
    require(can_pause_rotation(actor, rotation))
    return transition(rotation, RotationState.PAUSED, actor=actor, now=now, reason=reason)


def add_opening(
    rotation: Rotation,
    *,
    starts_on: date,
    ends_on: date,
    seats: int,
    actor: Actor,
    now: datetime,
) -> Opening:
    """Offer dated seats; the same dates of one listing exist once."""
    require(can_add_opening(actor, rotation))
    if ends_on < starts_on or starts_on <= now.date():
        raise BadOpening("A rotation starts after today and ends on or after its first day.")
    if seats < 1:
        raise BadOpening("An opening has at least one seat.")
    with transaction.atomic():
        lock(rotation)
        if rotation.openings.filter(starts_on=starts_on, ends_on=ends_on).exists():
            raise BadOpening("This rotation already has an opening on these dates.")
        opening = Opening.objects.create(
            rotation=rotation, starts_on=starts_on, ends_on=ends_on, seats=seats
        )
        record(
            "catalog.opening.added", opening, actor=actor, now=now, changes={"seats": (0, seats)}
        )
    return opening


def close_opening(opening: Opening, *, actor: Actor, now: datetime) -> Opening:
    """Offer no further seats; those taken stay."""
    require(can_change_opening(actor, opening))
    return transition(opening, OpeningState.CLOSED, actor=actor, now=now)


def cancel_opening(opening: Opening, *, reason: str, actor: Actor, now: datetime) -> Opening:
    """Withdraw the dates; refused while anybody holds a seat, whose booking is canceled first."""
    require(can_change_opening(actor, opening))
    with transaction.atomic():
        if lock(opening).taken:
            raise SeatsTaken("Seats of this opening are taken. Cancel those bookings first.")
        return transition(
            opening,
            OpeningState.CANCELED,
            actor=actor,
            now=now,
            cancel_reason=clean_text(reason),
        )


def _settle(rotation: Rotation, decision: str, note: str, actor: Actor, now: datetime) -> None:
    settle_case(LISTING_REVIEW, rotation, decision=decision, note=note, actor=actor, now=now)


def check_complete(rotation: Rotation) -> None:
    provider = rotation.provider_id
    if rotation.site.provider_id != provider or rotation.preceptor.provider_id != provider:
        raise NotReady("Site and preceptor have to belong to this provider.")
    if not rotation.duties:
        raise NotReady("Say what the learner will do.")
    if not rotation.is_in_person and not (rotation.remote_platform and rotation.remote_hours):
        raise NotReady("A remote rotation names its platform and its hours.")
    try:
        check_tiers(rotation.refund_policy.tiers)
        for requirement in rotation.requirements.all():
            check_rule(
                requirement.kind,
                requirement.params,
                weight=requirement.weight,
                in_person=rotation.is_in_person,
            )
    except (BadTiers, BadRule) as problem:
        raise NotReady(str(problem)) from problem
