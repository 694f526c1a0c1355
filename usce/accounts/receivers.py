"""What signing in and setting up a second factor bring with them."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from usce.accounts.devices import is_new
from usce.accounts.middleware import ENTERED, TERMS_DUE
from usce.accounts.models import User
from usce.accounts.notifications import tell_new_device
from usce.accounts.queries import has_older_terms


@receiver(authenticator_added)
def note_proof_of_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any
) -> None:
    """Setting the app up takes a code of it: this session has shown the factor already."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


@receiver(user_logged_in)
def note_older_terms(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Asked once at sign-in, so that no page has to."""
    if has_older_terms(user):
        request.session[TERMS_DUE] = True


@receiver(user_logged_in)
def note_new_device(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Told by mail; the middleware lets the browser remember."""
    now = timezone.now()
    if is_new(request, user, now=now):
        tell_new_device(user, request.headers.get("User-Agent", ""), now=now)
    setattr(request, ENTERED, user)
