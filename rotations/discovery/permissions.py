from usce.accounts.models import User
from usce.permissions import Actor


def can_save_rotation(actor: Actor) -> bool:
    """Anybody but staff, who keep no list of their own."""
    return isinstance(actor, User) and not actor.is_staff
