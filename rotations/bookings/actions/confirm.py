"""The deposit is paid: the seat is the person's."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from payments.actions.invoices import open_invoice
from payments.models import Invoice
from payments.states import InvoiceState
from rotations.applications.actions import mark_booked
from rotations.bookings import notifications
from rotations.bookings.actions.invoicing import balance_lines
from rotations.bookings.models import Booking
from rotations.bookings.queries import booking_with_deposit, card_of, cuts_of, terms_of
from rotations.bookings.rules import balance_due_at, charge_at
from rotations.bookings.signals import booking_confirmed
from rotations.bookings.states import BOOKED, BookingState, HoldState
from usce.crashpoints import reach
from usce.permissions import SYSTEM
from usce.states import lock, transition


def confirm_paid_booking(invoice: Invoice, *, now: datetime) -> Booking | None:
    """Confirm the booking whose deposit this is; safe to call again and from two workers at once.

    None when the invoice is nobody's deposit (a balance, say) or is not paid. A paid deposit of a
    booking that was given up cannot exist: giving up voids the invoice first. Were it to happen,
    TransitionRefused fails the job where staff see it.
    """
    booking = booking_with_deposit(invoice)
    if booking is None or invoice.state != InvoiceState.PAID:
        return None
    with transaction.atomic():
        lock(booking.application)
        if lock(booking).state in BOOKED:
            return booking
        transition(booking.hold, HoldState.USED, actor=SYSTEM, now=now)
        balance = _open_balance(booking, now)
        transition(
            booking,
            BookingState.CONFIRMED,
            actor=SYSTEM,
            now=now,
            confirmed_at=now,
            balance_invoice=balance,
        )
        mark_booked(booking.application, actor=SYSTEM, now=now)
        _tell(booking, now)
        transaction.on_commit(
            lambda: booking_confirmed.send_robust(sender=Booking, booking_id=booking.pk)
        )
        reach("confirm.before_commit")
    reach("confirm.after_commit")
    return booking


def _open_balance(booking: Booking, now: datetime) -> Invoice | None:
    cuts, application = cuts_of(booking), booking.application
    terms = terms_of(booking)
    if not terms["balance_cents"]:
        return None
    due_on = date.fromisoformat(terms["balance_due_on"])
    return open_invoice(
        payer=booking.deposit_invoice.payer,
        purpose=f"Balance, {application.reference}: {application.rotation.title}"[:200],
        lines=balance_lines(booking.offer, cuts),
        due_at=balance_due_at(due_on, now=now, zone=booking.offer.site.time_zone),
        actor=SYSTEM,
        now=now,
    )


def _tell(booking: Booking, now: datetime) -> None:
    offer, deposit, balance = booking.offer, booking.deposit_invoice, booking.balance_invoice
    facts = {
        "site": offer.site.name,
        "city": f"{offer.site.city}, {offer.site.region_id}",
        "preceptor": str(offer.preceptor),
        "deposit_cents": deposit.total_cents,
    }
    card, zone = card_of(booking) if balance else None, offer.site.time_zone
    balance_facts = {
        "card": card.card if card else "",
        "balance_cents": balance.total_cents if balance else 0,
        **({"balance_due_at": balance.due_at.isoformat()} if balance else {}),
        **({"charge_at": charge_at(balance.due_at, zone).isoformat()} if balance else {}),
    }
    notifications.tell_applicant(
        notifications.CONFIRMED,
        offer,
        path=notifications.booking_path(booking),
        key=str(booking.pk),
        now=now,
        receipt_path=reverse("payments:invoice", args=[deposit.public_id]),
        attachment={"kind": notifications.CALENDAR, "id": booking.pk},
        **facts,
        **balance_facts,
    )
    notifications.tell_provider(
        notifications.CONFIRMED_PROVIDER, offer, key=str(booking.pk), now=now, **facts
    )
