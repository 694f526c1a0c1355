"""Tokens for programs: shown once, kept as a hash, ended by the person or by time."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from usce.accounts.models import ApiToken, User
from usce.accounts.permissions import can_have_tokens
from usce.audit.actions import record
from usce.errors import Refused
from usce.permissions import require

MOST_TOKENS = 10
LIFE = timedelta(days=365)
PREFIX = "rounds_"


class TooManyTokens(Refused):
    """The person takes one back first."""


def digest_of(secret: bytes) -> str:
    """Of 32 random bytes, so that a plain hash is enough."""
    return hashlib.sha256(secret).hexdigest()


def make_token(user: User, name: str, *, actor: User, now: datetime) -> tuple[ApiToken, str]:
    """The token and its secret, which nobody can read again; raises TooManyTokens."""
    require(actor == user and can_have_tokens(actor), "Staff accounts have no tokens.")
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if ApiToken.good(now).filter(user=user).count() >= MOST_TOKENS:
            raise TooManyTokens(f"You have {MOST_TOKENS} tokens. Take one back first.")
        token = ApiToken.objects.create(
            user=user,
            name=name,
            digest=digest_of(secret.encode()),
            made_at=now,
            expires_at=now + LIFE,
        )
        record("accounts.token.made", token, actor=actor, now=now)
    return token, secret


def revoke_token(token: ApiToken, *, actor: User, now: datetime) -> None:
    """Take it back at once; again changes nothing."""
    require(actor == token.user)
    with transaction.atomic():
        rows = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
        if rows.update(revoked_at=now):
            record("accounts.token.revoked", token, actor=actor, now=now)


def note_use(token: ApiToken, *, now: datetime) -> None:
    """Written once a day."""
    if token.last_used_on != now.date():
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=now.date())
