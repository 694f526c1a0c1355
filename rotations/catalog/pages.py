"""What the rooms of a listing share: tabs, and two versions side by side."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse

from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from rotations.providers.pages import Step, steps_to_listing
from usce.audit.models import AuditEntry

PAGE, DATES, RULES, PRICE, HISTORY = "page", "dates", "requirements", "price", "history"
TABS = {
    PAGE: "Page",
    DATES: "Dates and seats",
    RULES: "Requirements",
    PRICE: "Price and refunds",
    HISTORY: "History",
}


DONE = {
    "catalog.rotation.begun": "began the listing",
    "catalog.rotation.page_changed": "changed the page",
    "catalog.rotation.rules_changed": "changed the requirements",
    "catalog.rotation.price_changed": "changed price or refund terms",
    "catalog.rotation.in_review": "submitted it to the staff",
    "catalog.rotation.draft": "returned it for changes",
    "catalog.rotation.published": "made it public",
    "catalog.rotation.paused": "paused it",
    "catalog.rotation.archived": "archived it",
    "catalog.opening.added": "added dates",
    "catalog.opening.seats_changed": "changed the seats of dates",
    "catalog.opening.closed": "closed dates",
    "catalog.opening.open": "opened dates again",
    "catalog.opening.canceled": "canceled dates",
}


@dataclass(frozen=True)
class Done:
    """A line of the history; staff are named by their house."""

    who: str
    what: str
    at: datetime
    note: str


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class Difference:
    """One field that two people wrote differently."""

    label: str
    saved: str
    typed: str


def room(rotation: Rotation, tab: str, step: int) -> dict[str, Any]:
    """Tabs of a listing; on the way to the first one, the six steps instead."""
    slug = rotation.provider.slug
    address = [slug, rotation.public_id]
    tabs = [
        Tab(label, reverse(f"catalog:{name}", args=address), name == tab)
        for name, label in TABS.items()
    ]
    return {
        "rotation": rotation,
        "provider": rotation.provider,
        "tabs": tabs,
        "steps": first_steps(rotation, step),
        "is_draft": rotation.state == RotationState.DRAFT,
        "public_url": reverse("discovery:rotation", args=[rotation.public_id, rotation.slug]),
    }


def first_steps(rotation: Rotation, step: int) -> list[Step]:
    if rotation.state != RotationState.DRAFT:
        return []
    return steps_to_listing(rotation.provider, step, rotation.public_id)


def done(entry: AuditEntry) -> Done:
    actor: Any = entry.actor
    who = "Rounds" if actor is None or actor.is_staff else str(actor)
    what = DONE.get(entry.action, entry.action.rpartition(".")[2].replace("_", " "))
    return Done(who, what, entry.at, entry.reason)


def differences(form: forms.Form, saved: dict[str, Any]) -> list[Difference]:
    """Where what was typed differs from what somebody else saved meanwhile."""
    found = []
    for name, field in form.fields.items():
        typed = field.prepare_value(form.cleaned_data.get(name))
        there = field.prepare_value(saved.get(name))
        if name != "seen" and _plain(typed) != _plain(there):
            label = str(field.label)
            found.append(Difference(label, _words(field, there), _words(field, typed)))
    return found


def see_again(form: forms.Form, rotation: Rotation) -> None:
    """The form now answers the version that its page shows: saved again, it is meant."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["seen"] = rotation.updated_at.isoformat()
    form.data = data


def _plain(value: Any) -> str:
    return "" if value in (None, False) else str(value)


def _words(field: forms.Field, value: Any) -> str:
    known = {str(key): str(label) for key, label in getattr(field, "choices", [])}
    if isinstance(value, list):
        return ", ".join(known.get(str(one), str(one)) for one in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return known.get(_plain(value), _plain(value)) or "nothing"
