"""Doors of ours beside allauth's: a new account, and who it is once more before a grave step."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import login
from django.http import HttpRequest

from usce.accounts.models import User


def enter_with_password(request: HttpRequest, user: User) -> None:
    """The person has just chosen the password of a new account."""
    login(request, user)
    record_authentication(request, user, "password", email=user.email)


def ask_who_it_is(request: HttpRequest) -> None:
    """Lead to the password, or the factor, unless it was given in the last five minutes.

    Raises ReauthenticationRequired, with which allauth's middleware leads there and back.
    """
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired
