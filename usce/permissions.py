"""Who acts, and the one way to refuse."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied


@dataclass(frozen=True)
class SystemActor:
    """The service itself: a named actor, so that no change is ever anonymous by accident."""

    name: str


SYSTEM = SystemActor("system")

Actor = AbstractBaseUser | SystemActor


def require(allowed: bool, message: str = "You are not allowed to do this.") -> None:  # noqa: FBT001 -- reads as one sentence: require(can_x(...))
    """Raise PermissionDenied (403) unless allowed. Strangers get 404 earlier, from the query."""
    if not allowed:
        raise PermissionDenied(message)
