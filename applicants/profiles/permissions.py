from applicants.profiles.models import Profile
from usce.accounts.models import User
from usce.permissions import Actor


def can_keep_profile(actor: Actor, user: User) -> bool:
    """Only the person herself; staff hold no other role, so they have no profile."""
    return isinstance(actor, User) and actor.pk == user.pk and not user.is_staff


def can_edit_profile(actor: Actor, profile: Profile) -> bool:
    return can_keep_profile(actor, profile.user)
