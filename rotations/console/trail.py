"""Audit entries: found by who, what, on what and when, and told in words."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import QuerySet

from rotations.applications.models import Application
from rotations.console.people import REFERENCE
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.audit.queries import entries
from usce.text import clean_line
from usce.ui.dates import moment

# The field by which people know a thing of that type; the others are known by their number.
NAMES = {
    "accounts.user": "full_name",
    "applications.application": "reference",
    "catalog.rotation": "title",
    "cases.case": "title",
    "notifications.mail": "event",
    "providers.preceptor": "name",
    "providers.provider": "name",
}


INSTANT = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S*[+-]\d\d:\d\d$")
NUMBER = re.compile(r"^[0-9]{1,18}$")


@dataclass(frozen=True)
class Told:
    """`target` is the filter that finds every entry of the same thing."""

    entry: AuditEntry
    who: str
    what: str
    on: str
    target: str
    changes: list[tuple[str, str, str]]


def entries_like(told: dict[str, Any], zone: str) -> QuerySet[AuditEntry]:
    """The entries that fit every answer of the search; days are those of the reader's zone."""
    rows = entries()
    if told.get("actor"):
        rows = _by(rows, told["actor"])
    if told.get("target"):
        rows = _on(rows, clean_line(told["target"]))
    if told.get("verb"):
        rows = rows.filter(action__icontains=told["verb"].replace(" ", "_"))
    if told.get("since"):
        rows = rows.filter(at__gte=_midnight(told["since"], zone))
    if told.get("until"):
        rows = rows.filter(at__lt=_midnight(told["until"] + timedelta(days=1), zone))
    return rows


def _by(rows: QuerySet[AuditEntry], actor: str) -> QuerySet[AuditEntry]:
    if "@" not in actor:
        return rows.filter(actor__isnull=True, actor_name__iexact=actor)
    return rows.filter(actor__in=User.objects.filter(email__iexact=actor))


def _on(rows: QuerySet[AuditEntry], target: str) -> QuerySet[AuditEntry]:
    kind, _space, number = target.partition(" ")
    if REFERENCE.match(target):
        label = Application._meta.label_lower  # noqa: SLF001 -- Django's documented model API
        found = Application.objects.filter(reference__iexact=target).values("pk")
        return rows.filter(target_type=label, target_id__in=found)
    rows = rows.filter(target_type__iexact=kind)
    if not number:
        return rows
    return rows.filter(target_id=int(number)) if NUMBER.match(number) else rows.none()


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))


def readable(entries: Iterable[AuditEntry], zone: str) -> list[Told]:
    """One query for each type of thing among the entries; instants are on the reader's clock."""
    known = list(entries)
    names = _names(known)
    return [_told(entry, names, zone) for entry in known]


def _told(entry: AuditEntry, names: dict[tuple[str, int], str], zone: str) -> Told:
    thing, verb = _words(entry)
    name = names.get((entry.target_type, entry.target_id), "")
    return Told(
        entry=entry,
        who=str(entry.actor) if entry.actor else entry.actor_name,
        what=verb,
        on=f"{thing} {name or entry.target_id}",
        target=f"{entry.target_type} {entry.target_id}",
        changes=[
            (field.replace("_", " "), _value(old, zone), _value(new, zone))
            for field, (old, new) in entry.changes.items()
        ],
    )


def _value(value: Any, zone: str) -> str:
    """A state without its underscore, an instant on the reader's clock, all else as it is."""
    if value in (None, ""):
        return "nothing"
    if not isinstance(value, str):
        return str(value)
    try:
        instant = datetime.fromisoformat(value) if INSTANT.match(value) else None
    except ValueError:
        instant = None
    return moment(instant, zone) if instant else value.replace("_", " ")


def _words(entry: AuditEntry) -> tuple[str, str]:
    thing = entry.target_type.rpartition(".")[2].replace("_", " ")
    return thing, entry.action.rpartition(".")[2].replace("_", " ")


def _names(entries: list[AuditEntry]) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.target_type in NAMES:
            wanted[entry.target_type].add(entry.target_id)
    found = {}
    for label, keys in wanted.items():
        rows = apps.get_model(label)._default_manager.filter(pk__in=keys)  # noqa: SLF001 -- of an unknown model
        for pk, name in rows.values_list("pk", NAMES[label]):
            found[label, pk] = name
    return found
