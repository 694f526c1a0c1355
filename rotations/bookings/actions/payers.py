"""Somebody else pays: a parent or a school, by a link that shows sums and terms and no papers."""

from datetime import datetime

from django.db import transaction

from payments.actions.checkout import Share, start_checkout
from payments.actions.parties import payer_without_account
from payments.models import Payment
from payments.queries import left_cents
from rotations.bookings import notifications
from rotations.bookings.actions.errors import NothingToPay
from rotations.bookings.actions.pay import page_end, require_payable_from
from rotations.bookings.models import Booking, PayerRequest
from rotations.bookings.permissions import can_pay_booking
from rotations.bookings.queries import open_payer_requests, payable_invoice
from usce.accounts.models import User
from usce.audit.actions import record
from usce.links.actions import revoke
from usce.permissions import SYSTEM, require
from usce.states import lock

SCOPE, SUBJECT, DAYS = "bookings.payer", "bookings.payerrequest", 60


def ask_payer(
    booking: Booking, *, name: str, email: str, residence: str, actor: User, now: datetime
) -> PayerRequest:
    """A mail with a door to what is due now; an earlier request for it ends.

    `residence` is the country where the payer lives; it is held against the sanctions, not kept.
    Raises NotFromThere, NothingToPay.
    """
    require(can_pay_booking(actor, booking))
    require_payable_from(residence, now)
    with transaction.atomic():
        lock(booking)
        invoice = payable_invoice(booking)
        if invoice is None:
            raise NothingToPay("Nothing is due for this booking now.")
        for earlier in open_payer_requests(booking):
            _close(earlier, now)
        asked = PayerRequest.objects.create(
            booking=booking,
            invoice=invoice,
            payer=payer_without_account(name, email),
            asked_by=actor,
            asked_at=now,
        )
        record("bookings.payer.asked", booking, actor=actor, now=now)
        notifications.ask_payer(
            asked, cents=left_cents(invoice), scope=SCOPE, subject=SUBJECT, days=DAYS, now=now
        )
    return asked


def take_back_payer(asked: PayerRequest, *, actor: User, now: datetime) -> None:
    """The link opens nothing any more; money that was paid by it stays paid."""
    require(can_pay_booking(actor, asked.booking))
    with transaction.atomic():
        lock(asked.booking)
        _close(asked, now)
        record("bookings.payer.taken_back", asked.booking, actor=actor, now=now)


def begin_payer_payment(
    asked: PayerRequest, *, path: str, cents: int | None, now: datetime
) -> Payment:
    """The hosted page for whoever holds the link; `path` is the link itself."""
    invoice = payable_invoice(asked.booking)
    if asked.closed_at is not None or invoice is None or invoice.pk != asked.invoice_id:
        raise NothingToPay("Nothing is due by this link now. Nothing was charged.")
    return start_checkout(
        invoice,
        actor=SYSTEM,
        expires_at=page_end(asked.booking, now),
        success_path=f"{path}?checkout=done",
        cancel_path=f"{path}?checkout=canceled",
        now=now,
        share=Share(cents, asked.payer),
    )


def _close(asked: PayerRequest, now: datetime) -> None:
    revoke(SCOPE, subject_type=SUBJECT, subject_id=asked.pk, now=now)
    PayerRequest.objects.filter(pk=asked.pk, closed_at__isnull=True).update(closed_at=now)
