from usce.accounts.models import StaffRole, User
from usce.permissions import Actor, SystemActor


def can_change_roles(actor: Actor) -> bool:
    if isinstance(actor, SystemActor):
        return True
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.ADMIN)


def needs_second_factor(user: User) -> bool:
    """Staff always; others from the moment that an action has set it for them."""
    return user.is_staff or user.mfa_required


def can_have_tokens(actor: Actor) -> bool:
    """Anybody with an account but staff, who see other people's things."""
    return isinstance(actor, User) and not actor.is_staff
