from rotations.applications.models import Application
from rotations.applications.permissions import can_decide_application
from rotations.bookings.models import Booking, Offer
from usce.accounts.models import User
from usce.permissions import Actor


def can_make_offer(actor: Actor, application: Application) -> bool:
    return can_decide_application(actor, application)


def can_withdraw_offer(actor: Actor, offer: Offer) -> bool:
    return can_decide_application(actor, offer.application)


def can_answer_offer(actor: Actor, offer: Offer) -> bool:
    """Accept or decline: the applicant alone."""
    return isinstance(actor, User) and actor.pk == offer.application.applicant_id


def can_pay_booking(actor: Actor, booking: Booking) -> bool:
    return isinstance(actor, User) and actor.pk == booking.applicant_id


def can_send_paper(actor: Actor, application: Application) -> bool:
    """Send a paper to the host, or take it back: the applicant alone."""
    return isinstance(actor, User) and actor.pk == application.applicant_id
