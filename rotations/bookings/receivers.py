from typing import Any

from django.dispatch import receiver

from payments.signals import invoice_paid
from usce.jobs.actions import enqueue


@receiver(invoice_paid)
def confirm(invoice_id: int, **_kwargs: Any) -> None:
    """Told after the commit; should the process die in between, the sweep finds the booking."""
    enqueue("bookings.confirm_paid_invoice", unique_key=str(invoice_id), invoice_id=invoice_id)
