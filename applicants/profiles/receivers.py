"""What a visitor told before signing in is hers afterwards."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from applicants.profiles.actions import merge_facts
from usce.accounts.models import User

SESSION_KEY = "facts"


@receiver(user_logged_in)
def keep_facts(request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    """Move the session's facts into the profile; signing up ends with signing in."""
    session = getattr(request, "session", None)
    facts = session.pop(SESSION_KEY, None) if session is not None else None
    if facts and not user.is_staff:
        merge_facts(user, facts, actor=user, now=timezone.now())
