from collections.abc import Callable
from typing import TypeVar

from allauth.account.decorators import reauthentication_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from usce.accounts.models import User

Step = TypeVar("Step", bound=Callable[..., HttpResponse])


def signed_in(request: HttpRequest) -> User:
    """The person behind the request; the middleware has sent strangers to sign in already."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def signs_in_again(step: Step) -> Step:
    """Who has not given password, code or second factor in the last minutes does so first.

    The step is taken by itself afterwards.
    """
    guarded: Step = reauthentication_required(step)
    return guarded
