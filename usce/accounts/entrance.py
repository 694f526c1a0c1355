"""Sign a person in who came through a door of ours instead of allauth's."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.http import HttpRequest

from usce.accounts.models import User


def enter_with_password(request: HttpRequest, user: User) -> None:
    """The person has just chosen the password of a new account."""
    login(request, user)
    record_authentication(request, user, "password", email=user.email)
