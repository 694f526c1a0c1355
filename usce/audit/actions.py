from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from usce.audit.models import AccessLog, AuditEntry
from usce.permissions import Actor, SystemActor
from usce.requestinfo import current_request_id

Changes = Mapping[str, tuple[Any, Any]]


def record(
    action: str,
    target: models.Model,
    *,
    actor: Actor,
    now: datetime,
    changes: Changes | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write one audit entry; call it inside the transaction of the change it tells of.

    `action` is dotted, slice first: "bookings.booking.confirmed". `changes` maps a field to
    (old, new); values are ids, states, dates and sums, never names, addresses or secrets.
    """
    return AuditEntry.objects.create(
        at=now,
        actor_id=None if isinstance(actor, SystemActor) else actor.pk,
        actor_name=actor.name if isinstance(actor, SystemActor) else "user",
        action=action,
        target_type=target._meta.label_lower,  # noqa: SLF001 -- Django's documented model API
        target_id=target.pk,
        changes={name: [_plain(old), _plain(new)] for name, (old, new) in (changes or {}).items()},
        reason=reason,
        request_id=current_request_id(),
    )


def record_access(
    what: str,
    target: models.Model,
    *,
    viewer: AbstractBaseUser,
    subject: AbstractBaseUser,
    now: datetime,
) -> None:
    """Log that `viewer` opened `target`, which is about `subject`. Own views are not logged."""
    if viewer.pk == subject.pk:
        return
    AccessLog.objects.create(
        at=now,
        viewer_id=viewer.pk,
        subject_id=subject.pk,
        what=what,
        target_type=target._meta.label_lower,  # noqa: SLF001 -- Django's documented model API
        target_id=target.pk,
        request_id=current_request_id(),
    )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)
