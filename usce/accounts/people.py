from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from usce.accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The person behind the request; the middleware has sent strangers to sign in already."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
