"""The balance: told before it is due, asked for after, and at last the seat released."""

from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, transaction

from payments.models import Invoice
from payments.queries import left_cents
from rotations.bookings import notifications
from rotations.bookings.actions.cancel import release_unpaid
from rotations.bookings.actions.cards import charge_kept_card, tell_card_refused
from rotations.bookings.actions.errors import CannotCancel
from rotations.bookings.models import Booking
from rotations.bookings.queries import card_of, unpaid_balances, waiting_cancellation
from rotations.bookings.rules import (
    NOTICE_DAYS,
    REMINDER_DAYS,
    charge_at,
    day_at,
    release_at,
    shifted,
)
from usce.jobs.outages import effective_deadline
from usce.permissions import SYSTEM
from usce.states import TransitionRefused

log = structlog.get_logger()


def chase_balances(now: datetime) -> int:
    """Say what is due, once each time; release what was not paid. How many were released."""
    released = 0
    for booking in unpaid_balances(now + timedelta(days=NOTICE_DAYS[0] + 1)):
        try:
            released += _chase(booking, now)
        except (OperationalError, TransitionRefused, CannotCancel):
            log.warning("balance_not_chased", booking=booking.pk, exc_info=True)
    return released


def balance_ends_at(booking: Booking, invoice: Invoice, now: datetime) -> datetime:
    """When an unpaid seat is released: a week after the due day, never after the first day."""
    ends_at = release_at(invoice.due_at, booking.starts_on, booking.offer.site.time_zone)
    return effective_deadline(ends_at, set_at=invoice.opened_at, now=now)


def _chase(booking: Booking, now: datetime) -> bool:
    invoice = booking.balance_invoice
    if invoice is None or not left_cents(invoice):
        return False
    if balance_ends_at(booking, invoice, now) <= now:
        if waiting_cancellation(booking) is not None:
            return False  # staff decide first; the day of asking counts
        release_unpaid(booking, actor=SYSTEM, now=now)
        return True
    if charge_kept_card(booking, invoice, now=now) is None:
        tell_card_refused(invoice.pk, now=now)  # a lost signal loses no mail
        with transaction.atomic():
            _tell(booking, invoice, now)
    return False


def _tell(booking: Booking, invoice: Invoice, now: datetime) -> None:
    """The latest of the steps whose day has come; one that came before the invoice is left out."""
    zone = booking.offer.site.time_zone
    due_at = effective_deadline(invoice.due_at, set_at=invoice.opened_at, now=now)
    steps = [(-days, notifications.BALANCE_DUE) for days in NOTICE_DAYS]
    steps += [(days, notifications.BALANCE_LATE) for days in REMINDER_DAYS]
    come = [(days, event) for days, event in steps if shifted(due_at, days, zone) <= now]
    if not come or shifted(due_at, come[-1][0], zone) < invoice.opened_at:
        return
    days, event = come[-1]
    card, until_at = card_of(booking), balance_ends_at(booking, invoice, now)
    notifications.tell_applicant(
        event,
        booking.offer,
        path=notifications.booking_path(booking),
        key=f"{booking.pk}:{days}",
        now=now,
        left_cents=left_cents(invoice),
        balance_due_at=due_at.isoformat(),
        balance_due_on=day_at(due_at, zone).isoformat(),
        until_at=until_at.isoformat(),
        until_on=day_at(until_at, zone).isoformat(),
        charge_at=charge_at(due_at, zone).isoformat(),
        card=card.card if card else "",
    )
