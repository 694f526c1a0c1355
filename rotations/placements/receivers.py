from typing import Any

from django.dispatch import receiver

from payments.models import Invoice
from payments.signals import evidence_wanted
from rotations.bookings.signals import booking_confirmed
from rotations.placements.evidence import attendance_of
from usce.jobs.actions import enqueue


@receiver(booking_confirmed)
def plan(booking_id: int, **_kwargs: Any) -> None:
    """Told after the commit; should the process die in between, the sweep finds the booking."""
    enqueue("placements.plan_booking", unique_key=str(booking_id), booking_id=booking_id)


@receiver(evidence_wanted)
def show(invoice: Invoice, **_kwargs: Any) -> dict[str, str]:
    """A bank disputes a charge of a rotation: which days were attended, and who confirmed them."""
    return attendance_of(invoice)
