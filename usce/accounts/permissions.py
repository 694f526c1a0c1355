from usce.accounts.models import ConsentRecord, StaffRole, User
from usce.permissions import Actor, SystemActor


def can_change_roles(actor: Actor) -> bool:
    if isinstance(actor, SystemActor):
        return True
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.ADMIN)


def needs_second_factor(user: User) -> bool:
    """Staff always; others from the moment that an action has set it for them."""
    return user.is_staff or user.mfa_required


def can_sign(actor: Actor, user: User) -> bool:
    """The person herself, never on another's behalf; staff have nothing to sign."""
    return actor == user and not user.is_staff


def can_read_signature(actor: User, signed: ConsentRecord) -> bool:
    """Both sides: who signed, and staff reviewers for Rounds."""
    return signed.user_id == actor.pk or actor.has_staff_role(StaffRole.REVIEWER)


def can_have_tokens(actor: Actor) -> bool:
    """Anybody with an account but staff, who see other people's things."""
    return isinstance(actor, User) and not actor.is_staff
