from usce.accounts.models import User
from usce.permissions import Actor, SystemActor


def can_save_rotation(actor: Actor) -> bool:
    """Anybody but staff, who keep no list of their own."""
    return isinstance(actor, User) and not actor.is_staff


def can_judge_saved(actor: Actor) -> bool:
    """What a saved rotation rests on changes by somebody else's doing."""
    return isinstance(actor, SystemActor)
