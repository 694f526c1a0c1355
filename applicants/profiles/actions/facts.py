"""Keep what a person tells: asked once, changed by herself only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from applicants.profiles.models import Profile
from applicants.profiles.permissions import can_keep_profile
from applicants.profiles.queries import (
    DECIDED,
    DETAILS,
    FACTS,
    decided_by_attempts,
    facts_of,
    profile_for,
)
from payments.actions.parties import ensure_party_for, rename_party
from usce.accounts.models import User
from usce.audit.actions import record
from usce.permissions import Actor, require
from usce.text import clean_line

NAMES = ("given_name", "family_name")
DECIDABLE = set(DECIDED.values())


def ensure_profile(user: User, *, now: datetime) -> Profile:
    """The person's profile, made with her party on first use; two calls at once make one."""
    if found := profile_for(user):
        return found
    with transaction.atomic():
        party = ensure_party_for(user)
        profile, _ = Profile.objects.get_or_create(
            user=user, defaults={"party": party, "updated_at": now}
        )
    return profile


def save_facts(user: User, facts: Mapping[str, Any], *, actor: Actor, now: datetime) -> Profile:
    """Write the given facts and names; None or "" takes an answer back; others stay.

    The audit entry names what changed, never the values. An unknown fact is a KeyError. What her
    attempts decide is not taken from an answer.
    """
    require(can_keep_profile(actor, user))
    with transaction.atomic():
        profile = locked_profile(user, now)
        decided = decided_by_attempts(user) if set(facts) & DECIDABLE else set()
        news = {name: value for name, value in facts.items() if name not in decided}
        changed = [name for name, value in _agreed(news).items() if _set(profile, name, value)]
        if changed:
            profile.updated_at = now
            profile.save(update_fields=[*changed, "updated_at"])
            reason = ", ".join(sorted(changed))
            record("profiles.profile.changed", profile, actor=actor, now=now, reason=reason)
        if set(changed) & set(NAMES):
            _carry_name(user, profile)
    return profile


def _agreed(news: dict[str, Any]) -> dict[str, Any]:
    """The certificate's day and the answer that there is one never contradict each other."""
    if news.get("ecfmg_certified_on"):
        return {**news, "ecfmg_certified": True}
    if news.get("ecfmg_certified") is False:
        return {**news, "ecfmg_certified_on": None}
    return news


def locked_profile(user: User, now: datetime) -> Profile:
    pk = ensure_profile(user, now=now).pk
    return Profile.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def _carry_name(user: User, profile: Profile) -> None:
    """Lists, receipts and mails name the person as she names herself here."""
    full = f"{profile.given_name} {profile.family_name}".strip()
    user.full_name = full
    user.save(update_fields=["full_name"])
    rename_party(profile.party, full or user.email)


def merge_facts(user: User, facts: Mapping[str, Any], *, actor: Actor, now: datetime) -> Profile:
    """Take over what was told before signing in; what the profile already says wins."""
    known = facts_of(profile_for(user))
    news = {k: v for k, v in facts.items() if k in FACTS and k not in known and v is not None}
    return save_facts(user, news, actor=actor, now=now)


def _set(profile: Profile, name: str, value: Any) -> bool:
    if name not in (*FACTS, *NAMES, *DETAILS):
        raise KeyError(name)
    field = Profile._meta.get_field(name)  # noqa: SLF001 -- Django's documented model API
    column = getattr(field, "attname", name)
    if name in NAMES:
        value = clean_line(value)
    elif value in (None, ""):
        value = None if getattr(field, "null", False) else ""
    if getattr(profile, column) == value:
        return False
    setattr(profile, column, value)
    return True
