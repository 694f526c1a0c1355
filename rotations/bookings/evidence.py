"""What a booking can show a bank: the terms as they were shown and accepted, dates, place."""

from payments.models import Invoice
from rotations.bookings.models import Booking
from rotations.bookings.queries import booking_paid_by
from rotations.catalog.terms import refund_steps
from usce.money import Money
from usce.ui.dates import day


def evidence_of(invoice: Invoice) -> dict[str, str]:
    """Fields of Stripe's dispute evidence; nothing for an invoice that is no booking's."""
    booking = booking_paid_by(invoice)
    if booking is None:
        return {}
    offer, rotation = booking.offer, booking.application.rotation
    return {
        "product_description": (
            f"{rotation.title}, a supervised clinical rotation at {offer.site.name}, "
            f"{offer.site.city}, with {offer.preceptor}: {day(booking.starts_on)} to "
            f"{day(booking.ends_on)}. Application {booking.application.reference}."
        ),
        "customer_name": str(booking.applicant),
        "customer_email_address": booking.applicant.email,
        "service_date": day(booking.starts_on),
        "refund_policy_disclosure": _policy(booking),
        "cancellation_policy_disclosure": _policy(booking),
        "access_activity_log": _log(booking),
    }


def _policy(booking: Booking) -> str:
    offer, paid = booking.offer, booking.deposit_invoice.total_cents
    steps = refund_steps(
        offer.terms,
        starts_on=booking.starts_on,
        zone=offer.site.time_zone,
        paid_cents=paid,
    )
    lines = [
        f"Canceled before {step.until_at:%d %B %Y %H:%M} UTC: {Money(step.amount_cents)} back"
        for step in steps
    ]
    head = (
        "Shown beside the pay button and on the booking, and agreed to by a tick before paying "
        f"on {booking.created_at:%d %B %Y %H:%M} UTC, of {Money(paid)} paid:"
    )
    return "\n".join([head, *lines])


def _log(booking: Booking) -> str:
    told = [
        f"{booking.offer.made_at:%d %B %Y %H:%M} UTC: the host made the offer",
        f"{booking.created_at:%d %B %Y %H:%M} UTC: the customer accepted it and its terms",
    ]
    if booking.confirmed_at:
        told.append(f"{booking.confirmed_at:%d %B %Y %H:%M} UTC: paid, the seat confirmed")
    return "\n".join(told)
