import hashlib
from datetime import datetime

from django.db.models import Q, QuerySet

from usce.links.models import Grant


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str, *, scope: str, now: datetime) -> Grant | None:
    """The grant behind a token, if it still opens this scope. Looking consumes nothing."""
    return live(now).filter(token_hash=hash_of(token), scope=scope).first()


def live(now: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(
        ~Q(uses_left=0),
        expires_at__gt=now,
        revoked_at__isnull=True,
    )
