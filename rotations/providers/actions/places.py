"""What a provider says about itself, its sites and its preceptors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from payments.actions.parties import rename_party
from rotations.providers.actions.errors import AlreadyMember, Settled
from rotations.providers.actions.verification import (
    PRECEPTOR_SUBJECT,
    ask_preceptor,
)
from rotations.providers.models import Preceptor, Provider, ProviderKind, Shown, Site, SiteKind
from rotations.providers.permissions import can_manage_listings
from rotations.providers.queries import preceptors_of, sites_of
from rotations.providers.states import ProviderState
from usce.audit.actions import record
from usce.links.actions import revoke_all
from usce.permissions import Actor, require
from usce.states import lock

MANAGERS = "Owners and coordinators change this."
SITE_FIELDS = ("name", "kind", "street", "city", "region", "zip", "time_zone")
PRECEPTOR_FIELDS = (
    *("name", "credentials", "specialty", "email", "npi"),
    *("license_state", "license_number", "max_learners"),
)
UNSAID = "changed"  # people's words and numbers stay out of the audit
KEPT = {"kind", "region", "time_zone", "specialty", "license_state", "max_learners"}
LICENSE = {"license_state", "license_number", "npi", "name"}
CONSENT = {"name", "email"}
SITE_OF = {
    ProviderKind.HOSPITAL: SiteKind.HOSPITAL,
    ProviderKind.CLINIC: SiteKind.CLINIC,
    ProviderKind.UNIVERSITY: SiteKind.TEACHING_HOSPITAL,
    ProviderKind.PRACTICE: SiteKind.OFFICE,
    ProviderKind.AGENCY: SiteKind.CLINIC,
}


def save_place(provider: Provider, told: Mapping[str, Any], *, actor: Actor, now: datetime) -> Site:
    """Name, kind, website and the first site, while our staff have not looked at them yet."""
    require(can_manage_listings(actor, provider), MANAGERS)
    with transaction.atomic():
        lock(provider)
        if provider.state != ProviderState.DRAFT:
            raise Settled(
                "Our staff check the name and kind of an organization once it is submitted. "
                "Add or change sites under Team and sites."
            )
        was = provider.kind
        provider.name, provider.kind = told["name"], told["kind"]
        provider.website = told["website"]
        provider.save(update_fields=["name", "kind", "website"])
        rename_party(provider.party, provider.name)
        changes = {"kind": (was, provider.kind)}
        record("providers.provider.described", provider, actor=actor, now=now, changes=changes)
        first = sites_of(provider).order_by("id").first()
        site = {"kind": SITE_OF[ProviderKind(provider.kind)], **told}
        return save_site(provider, site, site=first, actor=actor, now=now)


def save_site(
    provider: Provider,
    told: Mapping[str, Any],
    *,
    site: Site | None = None,
    actor: Actor,
    now: datetime,
) -> Site:
    """Add a place or correct one; the days of its rotations follow its time zone."""
    require(can_manage_listings(actor, provider), MANAGERS)
    with transaction.atomic():
        saved = site or Site(provider=provider)
        changes = _set(saved, SITE_FIELDS, told)
        saved.save()
        verb = "changed" if site else "added"
        record(f"providers.site.{verb}", saved, actor=actor, now=now, changes=changes)
    return saved


def save_preceptor(
    provider: Provider,
    told: Mapping[str, Any],
    *,
    preceptor: Preceptor | None = None,
    actor: Actor,
    now: datetime,
) -> Preceptor:
    """Add a physician or correct what is known; he is asked by mail how he wants to be shown.

    What was looked up holds for the license it was looked up for, and his answer for his own
    name and address: with another one both begin anew.
    """
    require(can_manage_listings(actor, provider), MANAGERS)
    with transaction.atomic():
        lock(provider)
        twin = preceptors_of(provider).filter(npi=told["npi"]).first()
        if twin is not None and twin != preceptor:
            raise AlreadyMember("A preceptor with this NPI is in your list already.")
        saved = preceptor or Preceptor(provider=provider)
        changes = _set(saved, PRECEPTOR_FIELDS, told)
        if LICENSE & set(changes):
            saved.license_checked_on = saved.license_next_check_on = None
            saved.license_source = ""
        asks = bool(CONSENT & set(changes))
        if asks:
            saved.shown, saved.shown_answered_at = Shown.IN_OFFER, None
        saved.save()
        verb = "changed" if preceptor else "added"
        record(f"providers.preceptor.{verb}", saved, actor=actor, now=now, changes=changes)
        if asks:
            revoke_all(subject_type=PRECEPTOR_SUBJECT, subject_id=saved.pk, now=now)
            ask_preceptor(saved, actor=actor, now=now)
    return saved


def _set(
    thing: Site | Preceptor, names: tuple[str, ...], told: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """Set what was told and give what differs, as the audit keeps it."""
    changes = {}
    for name in (name for name in names if name in told):
        was = "" if thing.pk is None else str(getattr(thing, name))
        setattr(thing, name, told[name])
        if was != str(told[name]):
            changes[name] = (was, str(told[name])) if name in KEPT else ("", UNSAID)
    return changes
