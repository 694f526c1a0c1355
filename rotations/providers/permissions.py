"""Who may do what at a provider. The actor's role is looked up once per question."""

from rotations.providers.models import Preceptor, Provider, Role
from rotations.providers.queries import member
from usce.accounts.models import StaffRole, User
from usce.permissions import Actor

PAYOUT_ROLES = (Role.OWNER, Role.FINANCE)


def has_role(actor: Actor, provider: Provider, *roles: str) -> bool:
    """Whether the actor holds one of the roles at the provider now. Staff hold none there."""
    if not isinstance(actor, User) or actor.is_staff:
        return False
    found = member(actor, provider)
    return found is not None and found.role in roles


def can_found_provider(actor: Actor) -> bool:
    """Anybody with an account but staff may begin to list an organization."""
    return isinstance(actor, User) and not actor.is_staff


def can_invite_provider(actor: Actor) -> bool:
    return can_verify(actor)


def can_manage_team(actor: Actor, provider: Provider) -> bool:
    return has_role(actor, provider, Role.OWNER)


def can_manage_listings(actor: Actor, provider: Provider) -> bool:
    return has_role(actor, provider, Role.OWNER, Role.COORDINATOR)


def can_manage_openings(actor: Actor, provider: Provider) -> bool:
    return has_role(actor, provider, Role.OWNER, Role.COORDINATOR, Role.SCHEDULER)


def can_manage_applicants(actor: Actor, provider: Provider) -> bool:
    return has_role(actor, provider, Role.OWNER, Role.COORDINATOR)


def can_see_payouts(actor: Actor, provider: Provider) -> bool:
    """What the provider gets, and where it goes."""
    return has_role(actor, provider, *PAYOUT_ROLES)


def can_verify(actor: Actor) -> bool:
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.VERIFIER)


def can_ask_preceptor(actor: Actor, preceptor: Preceptor) -> bool:
    return can_verify(actor) or can_manage_listings(actor, preceptor.provider)
