"""What the provider gets of a paid booking, and what we can show when a bank asks."""

from datetime import datetime

from django.db import transaction

from payments.actions.transfers import Schedule, plan_transfers
from payments.models import Invoice
from payments.states import InvoiceState
from rotations.bookings.models import Booking
from rotations.bookings.queries import booking_paid_by
from rotations.bookings.rules import attendance_days
from rotations.bookings.states import BOOKED
from usce.permissions import SYSTEM


def plan_payouts(invoice: Invoice, *, now: datetime) -> int:
    """Write down the tranches of a confirmed booking's paid deposit or balance; safe to repeat."""
    booking = booking_paid_by(invoice)
    if booking is None or invoice.state != InvoiceState.PAID:
        return 0
    if booking.state not in BOOKED:
        return 0
    first, half, end = attendance_days(booking.starts_on, booking.ends_on, _zone(booking))
    with transaction.atomic():
        return plan_transfers(
            invoice,
            booking,
            label=f"{booking.application.reference}: {booking.application.rotation.title}",
            schedule=Schedule(first, half, end),
            actor=SYSTEM,
            now=now,
        )


def _zone(booking: Booking) -> str:
    return booking.offer.site.time_zone
