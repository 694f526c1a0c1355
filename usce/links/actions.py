"""Doors without a password: GET shows, POST acts."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from usce.links.models import Grant
from usce.links.queries import hash_of, live

TOKEN_BYTES = 32


def grant(
    scope: str,
    *,
    subject_type: str,
    subject_id: int,
    expires_at: datetime,
    now: datetime,
    uses: int | None = None,
) -> str:
    """Make a link's right and give its token, which is kept nowhere. `uses` None: until expiry."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Grant.objects.create(
        scope=scope,
        subject_type=subject_type,
        subject_id=subject_id,
        token_hash=hash_of(token),
        expires_at=expires_at,
        uses_left=uses,
        created_at=now,
    )
    return token


def use(found: Grant, *, now: datetime) -> bool:
    """Consume one use, for a POST; False when another was quicker or the link has ended."""
    changed = (
        live(now)
        .filter(pk=found.pk)
        .update(uses_left=F("uses_left") - 1, used_at=Coalesce("used_at", now))
    )
    return bool(changed)


def revoke(scope: str, *, subject_type: str, subject_id: int, now: datetime) -> int:
    """Close every live link of the scope to this subject."""
    return (
        live(now)
        .filter(scope=scope, subject_type=subject_type, subject_id=subject_id)
        .update(revoked_at=now)
    )


def revoke_all(*, subject_type: str, subject_id: int, now: datetime) -> int:
    """Close every live link about this subject, whatever it opens: its address is another one."""
    return live(now).filter(subject_type=subject_type, subject_id=subject_id).update(revoked_at=now)


def mint(request: dict[str, Any], now: datetime) -> str:
    """A fresh link for a mail that leaves now; `request` is the mail's `grant` fact."""
    token = grant(
        request["scope"],
        subject_type=request["subject_type"],
        subject_id=request["subject_id"],
        expires_at=now + timedelta(days=request["days"]),
        now=now,
        uses=request.get("uses"),
    )
    path: str = request["path"].format(token=token)
    return path
