from typing import Any

from django.dispatch import receiver

from payments.models import Invoice
from payments.signals import card_refused, evidence_wanted, invoice_paid
from rotations.bookings.evidence import evidence_of
from usce.jobs.actions import enqueue


@receiver(invoice_paid)
def confirm(invoice_id: int, **_kwargs: Any) -> None:
    """Told after the commit; should the process die in between, the sweep finds the booking."""
    enqueue("bookings.confirm_paid_invoice", unique_key=str(invoice_id), invoice_id=invoice_id)


@receiver(card_refused)
def tell_refused(invoice_id: int, **_kwargs: Any) -> None:
    """Told after the commit; should the process die in between, chasing finds it."""
    enqueue("bookings.tell_card_refused", unique_key=str(invoice_id), invoice_id=invoice_id)


@receiver(evidence_wanted)
def show(invoice: Invoice, **_kwargs: Any) -> dict[str, str]:
    """A bank disputes a charge of a booking: what was agreed, and when."""
    return evidence_of(invoice)
