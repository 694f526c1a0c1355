from usce.accounts.models import StaffRole, User
from usce.permissions import Actor


def can_export(actor: Actor, person: User) -> bool:
    """Everybody for herself, and nobody for another."""
    return actor == person


def can_plan_erasure(actor: Actor, person: User) -> bool:
    """The person herself, and trust for somebody under 18; staff roles are given up before."""
    if person.is_staff or not person.is_active:
        return False
    return actor == person or can_hold(actor)


def can_cancel_erasure(actor: Actor, person: User) -> bool:
    """Whoever may still sign in, and trust."""
    return actor == person or can_hold(actor)


def can_hold(actor: Actor) -> bool:
    """Keep a person's data from erasure, and let it go: trust and administrators."""
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.TRUST)
