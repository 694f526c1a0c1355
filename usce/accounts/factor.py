"""Whether a person holds a second factor, and asking for one where a page needs it."""

from datetime import datetime

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from usce.accounts.actions import require_second_factor
from usce.accounts.models import User
from usce.accounts.permissions import needs_second_factor

ABOUT_OTHERS = "One more step first: what you asked for is about other people."


class SecondFactorMissing(Exception):  # noqa: N818 - a turn of the way, not an error
    """The page waits until the person has set the factor up; the middleware leads there."""


def came_by_second_factor(request: HttpRequest, user: User) -> bool:
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user))


def ask_second_factor(
    request: HttpRequest, user: User, *, now: datetime, because: str = ABOUT_OTHERS
) -> None:
    """From here on this person goes on only with a second factor, on every page.

    Raises SecondFactorMissing until it is set up and this session was opened with it.
    """
    if not needs_second_factor(user):
        require_second_factor(user, actor=user, now=now)
    if not is_mfa_enabled(user) or not came_by_second_factor(request, user):
        raise SecondFactorMissing(because)
