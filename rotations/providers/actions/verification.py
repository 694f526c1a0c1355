"""Checking providers and licenses, and asking a preceptor how he wants to be shown."""

from datetime import date, datetime

from django.db import transaction

from rotations.providers.actions.errors import BadCheck, ReasonMissing
from rotations.providers.models import (
    VERIFICATION,
    Preceptor,
    Provider,
    Shown,
)
from rotations.providers.notifications import (
    PRECEPTOR_SHOWN,
    RETURNED,
    SUSPENDED,
    VERIFIED,
    tell_team,
)
from rotations.providers.permissions import (
    can_ask_preceptor,
    can_manage_listings,
    can_verify,
)
from rotations.providers.queries import home_zone
from rotations.providers.states import ProviderState
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.notifications.actions import notify
from usce.permissions import SYSTEM, Actor, require
from usce.reference.rules import business_deadline
from usce.states import transition
from usce.text import clean_text

PRECEPTOR_SCOPE = "providers.preceptor"
PRECEPTOR_SUBJECT = "providers.preceptor"
LINK_DAYS = 14
VERIFICATION_DAYS = 2


def submit_provider(provider: Provider, *, actor: Actor, now: datetime) -> Provider:
    """The team hands its organisation to the verifiers."""
    require(can_manage_listings(actor, provider))
    with transaction.atomic():
        transition(provider, ProviderState.SUBMITTED, actor=actor, now=now)
        open_case(
            VERIFICATION,
            provider,
            title=provider.name,
            queue=Queue.VERIFIER,
            due_at=business_deadline(now, VERIFICATION_DAYS, home_zone(provider)),
            actor=actor,
            now=now,
        )
    return provider


def verify_provider(provider: Provider, *, actor: Actor, now: datetime) -> Provider:
    """Staff looked at the evidence and let the provider publish."""
    require(can_verify(actor))
    with transaction.atomic():
        transition(provider, ProviderState.VERIFIED, actor=actor, now=now)
        _settle(provider, "verified", "", actor, now)
        tell_team(VERIFIED, provider, now=now)
    return provider


def return_provider(provider: Provider, *, reason: str, actor: Actor, now: datetime) -> Provider:
    """Something is missing or unclear: back to the team, with what to change."""
    require(can_verify(actor))
    said = _said(reason)
    with transaction.atomic():
        transition(provider, ProviderState.DRAFT, actor=actor, now=now, reason=said)
        _settle(provider, "returned", said, actor, now)
        tell_team(RETURNED, provider, now=now, reason=said)
    return provider


def suspend_provider(provider: Provider, *, reason: str, actor: Actor, now: datetime) -> Provider:
    """Take the provider's rotations off the public list until staff verify it again."""
    require(can_verify(actor))
    said = _said(reason)
    with transaction.atomic():
        transition(provider, ProviderState.SUSPENDED, actor=actor, now=now, reason=said)
        tell_team(SUSPENDED, provider, now=now, reason=said)
    return provider


def record_license_check(
    preceptor: Preceptor,
    *,
    checked_on: date,
    next_check_on: date,
    source: str,
    actor: Actor,
    now: datetime,
) -> Preceptor:
    """Staff looked the license up at `source` (the state board's own page)."""
    require(can_verify(actor))
    if checked_on > now.date() or next_check_on <= checked_on:
        raise BadCheck("A license is looked up today or before, and again after that day.")
    with transaction.atomic():
        preceptor.license_checked_on = checked_on
        preceptor.license_next_check_on = next_check_on
        preceptor.license_source = source
        preceptor.save(
            update_fields=["license_checked_on", "license_next_check_on", "license_source"]
        )
        changes = {"license_checked_on": ("", checked_on)}
        record(
            "providers.preceptor.license_checked", preceptor, actor=actor, now=now, changes=changes
        )
    return preceptor


def ask_preceptor(preceptor: Preceptor, *, actor: Actor, now: datetime) -> None:
    """Mail the preceptor a private link to the page where he says how he is shown."""
    require(can_ask_preceptor(actor, preceptor))
    with transaction.atomic():
        record("providers.preceptor.asked", preceptor, actor=actor, now=now)
        notify(
            PRECEPTOR_SHOWN.name,
            to=preceptor.email,
            facts={
                "provider": preceptor.provider.name,
                "preceptor": preceptor.name,
                "grant": {
                    "scope": PRECEPTOR_SCOPE,
                    "subject_type": PRECEPTOR_SUBJECT,
                    "subject_id": preceptor.pk,
                    "path": "/d/preceptor/{token}",
                    "days": LINK_DAYS,
                    "uses": 1,
                },
            },
            unique_key=f"preceptor_shown:{preceptor.pk}:{now.isoformat()}",
            now=now,
        )


def answer_shown(preceptor: Preceptor, shown: Shown, *, now: datetime) -> Preceptor:
    """Record the preceptor's own answer; called only with the link's right already used."""
    with transaction.atomic():
        was = preceptor.shown
        preceptor.shown = shown
        preceptor.shown_answered_at = now
        preceptor.save(update_fields=["shown", "shown_answered_at"])
        changes = {"shown": (was, shown)}
        record("providers.preceptor.answered", preceptor, actor=SYSTEM, now=now, changes=changes)
    return preceptor


def _said(reason: str) -> str:
    said = clean_text(reason)
    if not said:
        raise ReasonMissing("Say why: the provider's team reads this sentence.")
    return said


def _settle(provider: Provider, decision: str, note: str, actor: Actor, now: datetime) -> None:
    settle_case(VERIFICATION, provider, decision=decision, note=note, actor=actor, now=now)
