"""What a visitor saved before signing in is hers afterwards."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from rotations.discovery.actions import merge_saved
from rotations.discovery.guests import KEY
from usce.accounts.models import User


@receiver(user_logged_in)
def keep_saved(request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    session = getattr(request, "session", None)
    saved = session.pop(KEY, None) if session is not None else None
    if saved and not user.is_staff:
        merge_saved(saved, actor=user, now=timezone.now())
