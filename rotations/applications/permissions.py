from rotations.applications.models import Application
from rotations.catalog.models import Rotation
from rotations.providers import permissions as providers
from rotations.providers.queries import member
from usce.accounts.models import StaffRole, User
from usce.permissions import Actor, SystemActor


def can_start_application(actor: Actor, rotation: Rotation) -> bool:
    """Anybody with an account but staff, and never at a provider that one works for."""
    return (
        isinstance(actor, User) and not actor.is_staff and member(actor, rotation.provider) is None
    )


def can_keep_application(actor: Actor, application: Application) -> bool:
    """Write, send and withdraw it: the applicant alone."""
    return isinstance(actor, User) and actor.pk == application.applicant_id


def can_review_application(actor: Actor, application: Application) -> bool:
    """Staff reviewers check completeness and rules, never merit, and never their own."""
    return (
        isinstance(actor, User)
        and actor.has_staff_role(StaffRole.REVIEWER)
        and actor.pk != application.applicant_id
    )


def can_begin_review(actor: Actor) -> bool:
    """A review begins by itself once the CV has been checked."""
    return isinstance(actor, SystemActor)


def can_forward_unreviewed(actor: Actor) -> bool:
    """Once the reviewers' time is over."""
    return isinstance(actor, SystemActor)


def can_end_for_dates(actor: Actor) -> bool:
    """The provider withdrew the dates, or they have begun."""
    return isinstance(actor, SystemActor)


def can_judge_anew(actor: Actor) -> bool:
    """What an application rests on has changed by somebody else's doing."""
    return isinstance(actor, SystemActor)


def can_decide_application(actor: Actor, application: Application) -> bool:
    return providers.can_manage_applicants(actor, application.rotation.provider)
