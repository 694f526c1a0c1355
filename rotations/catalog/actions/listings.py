"""What a provider's team writes about a listing; what was offered to people stays as it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from rotations.catalog.actions.errors import ChangedMeanwhile, NotReady
from rotations.catalog.actions.publishing import check_complete
from rotations.catalog.models import (
    Duty,
    PricePer,
    RefundPolicy,
    Requirement,
    Rotation,
    RotationKind,
)
from rotations.catalog.permissions import can_begin_rotation, can_edit_rotation
from rotations.catalog.presets import load_presets
from rotations.catalog.rules import BALANCE_DAYS, deposit_of, service_fee
from rotations.catalog.starters import LETTER, PLACES, STARTERS, Rule, Starter
from rotations.catalog.states import RotationState
from rotations.eligibility.rules import BadRule, check_rule
from rotations.providers.models import Preceptor, Provider, Site
from usce.audit.actions import record
from usce.permissions import Actor, require
from usce.reference.models import Specialty
from usce.states import lock

MANAGERS = "Owners and coordinators change listings."
FIRST_REFUNDS = "standard"
PAGE_FIELDS = (
    *("title", "summary", "setting", "duties", "not_included", "hours_per_week"),
    *("letterhead", "letter_conditions", "residents_present", "attending_changes_weeks"),
    *("activities", "gives_certificate", "affiliation", "malpractice_carrier", "malpractice"),
    *("remote_platform", "remote_hours", "site", "preceptor"),
)


@dataclass(frozen=True)
class Basics:
    """The four answers that a listing begins with; `price_cents` of zero is *no fee*."""

    specialty: Specialty
    kind: str
    weeks: int
    price_cents: int
    price_per: str


def begin_listing(
    provider: Provider,
    basics: Basics,
    *,
    site: Site,
    preceptor: Preceptor,
    actor: Actor,
    now: datetime,
) -> Rotation:
    """A draft, filled by the preset of its kind."""
    require(can_begin_rotation(actor, provider), MANAGERS)
    require(site.provider_id == provider.pk and preceptor.provider_id == provider.pk)
    with transaction.atomic():
        rotation = Rotation(
            provider=provider, site=site, preceptor=preceptor, kind=basics.kind, updated_at=now
        )
        rotation.refund_policy = _policy(FIRST_REFUNDS, now)
        _fill(rotation, basics)
        rotation.save(force_insert=True)
        _preset_rows(rotation)
        record("catalog.rotation.begun", rotation, actor=actor, now=now)
    return rotation


def restart_listing(rotation: Rotation, basics: Basics, *, actor: Actor, now: datetime) -> Rotation:
    """The first answers of a draft again; another kind brings its own preset with it."""
    require(can_edit_rotation(actor, rotation), MANAGERS)
    with transaction.atomic():
        lock(rotation)
        if rotation.state != RotationState.DRAFT:
            raise NotReady("Our staff have this listing already. Change it on its own pages.")
        if rotation.kind == basics.kind:
            rotation.specialty, rotation.weeks = basics.specialty, basics.weeks
            _set_price(rotation, basics.price_cents, basics.price_per)
        else:
            _fill(rotation, basics)
            rotation.requirements.all().delete()
            rotation.matrix.all().delete()
            _preset_rows(rotation)
        _touch(rotation, now)
        rotation.save()
        record("catalog.rotation.begun", rotation, actor=actor, now=now)
    return rotation


def save_page(
    rotation: Rotation,
    told: Mapping[str, Any],
    *,
    matrix: Iterable[tuple[str, str, str]],
    seen: datetime,
    actor: Actor,
    now: datetime,
) -> Rotation:
    """What the public reads. Raises ChangedMeanwhile when somebody saved since `seen`."""
    require(can_edit_rotation(actor, rotation), MANAGERS)
    with transaction.atomic():
        _open(rotation, seen)
        changed = [name for name in PAGE_FIELDS if getattr(rotation, name) != told[name]]
        for name in changed:
            setattr(rotation, name, told[name])
        _touch(rotation, now)
        rotation.save(update_fields=[*changed, "updated_at"])
        rotation.matrix.all().delete()
        places = PLACES[rotation.setting]
        Duty.objects.bulk_create(
            Duty(rotation=rotation, duty=duty, place=place, level=level)
            for duty, place, level in matrix
            if place in places
        )
        _look_public(rotation)
        changes = dict.fromkeys(changed, ("", "changed"))
        record("catalog.rotation.page_changed", rotation, actor=actor, now=now, changes=changes)
    return rotation


def save_requirements(
    rotation: Rotation, rules: Iterable[Rule], *, seen: datetime, actor: Actor, now: datetime
) -> Rotation:
    """The rules for whoever applies from now on; what was sent and offered keeps its own."""
    require(can_edit_rotation(actor, rotation), MANAGERS)
    wanted = list(rules)
    _check_rules(rotation, wanted)
    with transaction.atomic():
        _open(rotation, seen)
        was = {rule.kind: rule.weight for rule in rotation.requirements.all()}
        rotation.requirements.all().delete()
        _write_rules(rotation, wanted)
        _touch(rotation, now)
        rotation.save(update_fields=["updated_at"])
        weights = {kind: weight for kind, _params, weight in wanted}
        changes = {
            kind: (was.get(kind, ""), weights.get(kind, ""))
            for kind in sorted(was.keys() | weights.keys())
            if was.get(kind) != weights.get(kind)
        }
        record("catalog.rotation.rules_changed", rotation, actor=actor, now=now, changes=changes)
    return rotation


def save_price(
    rotation: Rotation,
    *,
    price_cents: int,
    price_per: str,
    refunds: str,
    seen: datetime,
    actor: Actor,
    now: datetime,
) -> Rotation:
    """Price and refund terms of new offers; those that were made keep what they say."""
    require(can_edit_rotation(actor, rotation), MANAGERS)
    with transaction.atomic():
        _open(rotation, seen)
        was = (rotation.price_cents, rotation.price_per, rotation.refund_policy_id)
        _set_price(rotation, price_cents, price_per)
        rotation.refund_policy = _policy(refunds, now)
        _touch(rotation, now)
        rotation.save()
        new = (rotation.price_cents, rotation.price_per, rotation.refund_policy_id)
        names = ("price_cents", "price_per", "refund_policy")
        changes = {
            name: (old, value)
            for name, old, value in zip(names, was, new, strict=True)
            if old != value
        }
        record("catalog.rotation.price_changed", rotation, actor=actor, now=now, changes=changes)
    return rotation


def choose_refunds(rotation: Rotation, refunds: str, *, actor: Actor, now: datetime) -> Rotation:
    """One of the three presets, as it stands today."""
    require(can_edit_rotation(actor, rotation), MANAGERS)
    with transaction.atomic():
        lock(rotation)
        policy = _policy(refunds, now)
        changes = {"refund_policy": (rotation.refund_policy_id, policy.pk)}
        rotation.refund_policy = policy
        _touch(rotation, now)
        rotation.save(update_fields=["refund_policy", "updated_at"])
        record("catalog.rotation.price_changed", rotation, actor=actor, now=now, changes=changes)
    return rotation


def _fill(rotation: Rotation, basics: Basics) -> None:
    """Everything of the page from the preset of the kind."""
    starter: Starter = STARTERS[basics.kind]
    rotation.specialty, rotation.kind, rotation.weeks = basics.specialty, basics.kind, basics.weeks
    rotation.title = f"{basics.specialty.name} {RotationKind(basics.kind).label.lower()}"
    rotation.slug = slugify(rotation.title)[:100]
    rotation.setting, rotation.summary = starter.setting, starter.summary
    rotation.duties, rotation.not_included = list(starter.duties), list(starter.not_included)
    rotation.hours_per_week, rotation.letterhead = starter.hours, starter.letterhead
    rotation.letter_conditions = LETTER
    rotation.activities = list(starter.activities)
    rotation.malpractice_carrier, rotation.malpractice = starter.carrier, starter.malpractice
    rotation.remote_platform = starter.extra.get("remote_platform", "")
    rotation.remote_hours = starter.extra.get("remote_hours", "")
    _set_price(rotation, basics.price_cents, basics.price_per)


def _preset_rows(rotation: Rotation) -> None:
    starter = STARTERS[rotation.kind]
    _write_rules(rotation, starter.rules)
    Duty.objects.bulk_create(
        Duty(rotation=rotation, duty=duty, place=place, level=level)
        for place in PLACES[rotation.setting]
        for duty, level in starter.levels.items()
    )


def _write_rules(rotation: Rotation, rules: Iterable[Rule]) -> None:
    Requirement.objects.bulk_create(
        Requirement(rotation=rotation, kind=kind, params=params, weight=weight, position=place)
        for place, (kind, params, weight) in enumerate(rules)
    )


def _check_rules(rotation: Rotation, rules: list[Rule]) -> None:
    try:
        for kind, params, weight in rules:
            check_rule(kind, params, weight=weight, in_person=rotation.is_in_person)
    except BadRule as problem:
        raise NotReady(str(problem)) from problem


def _set_price(rotation: Rotation, price_cents: int, price_per: str) -> None:
    """The fee and the deposit follow the price by our own rule."""
    weeks = rotation.weeks if price_per == PricePer.WEEK else 1
    rotation.price_cents, rotation.price_per = price_cents, price_per
    rotation.platform_fee_cents = service_fee(price_cents * weeks)
    rotation.deposit_cents = deposit_of(price_cents, rotation.platform_fee_cents)
    rotation.balance_days = BALANCE_DAYS


def _policy(key: str, now: datetime) -> RefundPolicy:
    return next(policy for policy in load_presets(now) if policy.key == key)


def _open(rotation: Rotation, seen: datetime) -> None:
    """Lock it and look whether it is still what the person saw."""
    lock(rotation)
    if rotation.updated_at != seen:
        raise ChangedMeanwhile("Somebody saved this listing while you were writing.")
    if rotation.state == RotationState.ARCHIVED:
        raise NotReady("An archived listing is no longer changed.")


def _look_public(rotation: Rotation) -> None:
    """What the public or our staff read is complete, and supervised by a license looked up."""
    if rotation.state == RotationState.DRAFT:
        return
    check_complete(rotation)
    if rotation.state != RotationState.IN_REVIEW and not rotation.preceptor.license_checked_on:
        raise NotReady("The license of this preceptor has to be looked up by our staff first.")


def _touch(rotation: Rotation, now: datetime) -> None:
    """Later than before, always: it is by this that two writers notice each other."""
    rotation.updated_at = max(now, rotation.updated_at + timedelta(microseconds=1))
