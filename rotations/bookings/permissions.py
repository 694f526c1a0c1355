from rotations.applications.models import Application
from rotations.applications.permissions import can_decide_application
from rotations.bookings.models import Booking, Cancellation, Offer
from rotations.providers.models import Provider
from rotations.providers.permissions import can_manage_applicants, can_manage_listings
from usce.accounts.models import StaffRole, User
from usce.permissions import Actor, SystemActor


def can_make_offer(actor: Actor, application: Application) -> bool:
    return can_decide_application(actor, application)


def can_withdraw_offer(actor: Actor, offer: Offer) -> bool:
    return can_decide_application(actor, offer.application)


def can_answer_offer(actor: Actor, offer: Offer) -> bool:
    """Accept or decline: the applicant alone."""
    return isinstance(actor, User) and actor.pk == offer.application.applicant_id


def can_pay_booking(actor: Actor, booking: Booking) -> bool:
    return isinstance(actor, User) and actor.pk == booking.applicant_id


def can_advance_booking(actor: Actor) -> bool:
    """The service alone, by the calendar and by confirmed attendance."""
    return isinstance(actor, SystemActor)


def can_cancel_booking(actor: Actor, booking: Booking) -> bool:
    """The applicant alone: at once by the terms, or by asking with a proof."""
    return isinstance(actor, User) and actor.pk == booking.applicant_id


def can_cancel_for_host(actor: Actor, booking: Booking) -> bool:
    """The provider cannot take the learner; everything paid goes back."""
    provider = booking.application.rotation.provider
    return isinstance(actor, User) and can_manage_applicants(actor, provider)


def can_cancel_for_rounds(actor: Actor) -> bool:
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.TRUST)


def can_decide_cancellation(actor: Actor, cancellation: Cancellation) -> bool:
    """Whether a proof counts: reviewers, never about their own; the sum follows from the terms."""
    mine = isinstance(actor, User) and actor.pk == cancellation.booking.applicant_id
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.REVIEWER) and not mine


def can_make_coupon(actor: Actor, provider: Provider | None) -> bool:
    """Make a coupon, or end it: who sets the provider's prices; for Rounds, staff of finance."""
    if not isinstance(actor, User):
        return False
    if provider is None:
        return actor.has_staff_role(StaffRole.FINANCE)
    return can_manage_listings(actor, provider)


def can_review_waivers(actor: Actor) -> bool:
    """Finance, without knowing who asks: reviewers read applications and might guess."""
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.FINANCE)


def can_set_waiver_budget(actor: Actor) -> bool:
    return isinstance(actor, User) and actor.has_staff_role(StaffRole.FINANCE)


def can_send_paper(actor: Actor, application: Application) -> bool:
    """Send a paper to the host, or take it back: the applicant alone."""
    return isinstance(actor, User) and actor.pk == application.applicant_id
