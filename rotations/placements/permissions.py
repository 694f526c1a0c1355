from rotations.placements.models import Day, Placement
from rotations.providers.models import Preceptor
from rotations.providers.permissions import can_manage_applicants
from usce.accounts.models import StaffRole, User
from usce.permissions import Actor, SystemActor


def can_plan_days(actor: Actor) -> bool:
    """The service, once a booking is confirmed."""
    return isinstance(actor, SystemActor)


def can_check_in(actor: Actor, day: Day) -> bool:
    """The learner alone."""
    return isinstance(actor, User) and actor.pk == day.placement.booking.applicant_id


def can_settle_days(actor: Actor, placement: Placement) -> bool:
    """Confirm days, record absences, pause, add days to make up: those who manage applicants."""
    provider = placement.booking.application.rotation.provider
    return isinstance(actor, User) and can_manage_applicants(actor, provider)


def can_settle_by_link(preceptor: Preceptor, placement: Placement) -> bool:
    """The preceptor of the booking, by the link mailed to that address."""
    return preceptor.pk == placement.booking.offer.preceptor_id


def can_object(actor: Actor, day: Day) -> bool:
    """The learner alone."""
    return can_check_in(actor, day)


def can_decide_objection(actor: Actor) -> bool:
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.TRUST)


def can_release_despite(actor: Actor) -> bool:
    """Pay a provider for a rotation whose attendance does not say it: staff of finance."""
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.FINANCE)
