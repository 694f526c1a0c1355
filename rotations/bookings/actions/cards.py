"""A kept card pays the balance on its due day; where it cannot, its owner is asked at once."""

from datetime import datetime

from django.db import transaction

from payments.actions.cards import begin_charge, let_go_card
from payments.models import Invoice, Payment
from payments.queries import left_cents
from rotations.bookings import notifications
from rotations.bookings.actions.errors import NotFromThere
from rotations.bookings.actions.pay import require_payable_from
from rotations.bookings.models import Booking
from rotations.bookings.permissions import can_pay_booking
from rotations.bookings.queries import (
    booking_with_balance,
    card_of,
    cards_without_use,
    refused_charge,
    waiting_cancellation,
)
from rotations.bookings.rules import charge_at, day_at
from rotations.eligibility.queries import residence_of
from usce.accounts.models import User
from usce.jobs.outages import effective_deadline
from usce.permissions import SYSTEM, require


def remove_card(booking: Booking, *, actor: User, now: datetime) -> None:
    """The balance is paid by the link as usual; asking twice changes nothing."""
    require(can_pay_booking(actor, booking))
    card = card_of(booking)
    if card is not None:
        let_go_card(card, actor=actor, now=now)


def charge_kept_card(booking: Booking, invoice: Invoice, *, now: datetime) -> Payment | None:
    """On the due day, once; not while staff decide about a cancellation, nor where none may pay."""
    zone = booking.offer.site.time_zone
    due_at = effective_deadline(invoice.due_at, set_at=invoice.opened_at, now=now)
    card = card_of(booking)
    if card is None or now < charge_at(due_at, zone) or waiting_cancellation(booking) is not None:
        return None
    try:
        require_payable_from(residence_of(booking.applicant), now)
    except NotFromThere:
        return None
    return begin_charge(invoice, card, now=now)


def tell_card_refused(invoice_id: int, *, now: datetime) -> bool:
    """The pay link, with what the bank said; once. False where nothing is to be said."""
    booking = booking_with_balance(invoice_id)
    invoice = booking.balance_invoice if booking else None
    refused = refused_charge(invoice) if invoice else None
    if booking is None or invoice is None or refused is None or not left_cents(invoice):
        return False
    due_at = effective_deadline(invoice.due_at, set_at=invoice.opened_at, now=now)
    with transaction.atomic():
        notifications.tell_applicant(
            notifications.CARD_REFUSED,
            booking.offer,
            path=notifications.booking_path(booking),
            key=f"{booking.pk}:{refused.pk}",
            now=now,
            left_cents=left_cents(invoice),
            balance_due_at=due_at.isoformat(),
            balance_due_on=day_at(due_at, booking.offer.site.time_zone).isoformat(),
            card=refused.saved_card.card if refused.saved_card else "",
            asks_person=refused.failure_code == "authentication_required",
            bank_says=refused.failure_message,
        )
    return True


def let_go_idle_cards(now: datetime) -> int:
    """What has nothing left to charge is not kept. How many were let go."""
    idle = list(cards_without_use())
    for card in idle:
        let_go_card(card, actor=SYSTEM, now=now)
    return len(idle)
