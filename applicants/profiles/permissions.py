from usce.accounts.models import User
from usce.permissions import Actor


def can_keep_profile(actor: Actor, user: User) -> bool:
    """Only the person herself; staff hold no other role, so they have no profile."""
    return isinstance(actor, User) and actor.pk == user.pk and not user.is_staff
