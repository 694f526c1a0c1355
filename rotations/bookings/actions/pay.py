"""Send the person to the payment page. Never inside a transaction: this asks Stripe."""

from dataclasses import replace
from datetime import datetime

from payments.actions.checkout import WHOLE, Share, start_checkout
from payments.actions.credit import use_credit
from rotations.bookings.actions.errors import HoldEnded, NotFromThere, NothingToPay
from rotations.bookings.models import Booking
from rotations.bookings.notifications import booking_path
from rotations.bookings.permissions import can_pay_booking
from rotations.bookings.queries import hold_ends_at, open_payments, payable_invoice
from rotations.bookings.rules import BALANCE_PAGE, page_closes_at
from rotations.bookings.states import SEATED, BookingState, HoldState
from rotations.eligibility.queries import residence_of
from rotations.eligibility.rules.notices import refusal_of
from usce.accounts.models import User
from usce.jobs.actions import enqueue
from usce.permissions import require


def begin_payment(booking: Booking, *, actor: User, now: datetime, share: Share = WHOLE) -> str:
    """The address of the hosted page for what is due now; asked again, the same page.

    A share is of the balance; a deposit is paid in one, for the hold is short.

    The hold is the authority on the seat: its page may stay open a little longer than it, and
    money that arrives after it is refunded by itself. Raises HoldEnded, NothingToPay, and what
    `start_checkout` raises; NotFromThere where sanctions refuse her money.
    """
    require(can_pay_booking(actor, booking))
    require_payable_from(residence_of(actor), now)
    invoice = payable_invoice(booking)
    if invoice is None:
        raise NothingToPay("Nothing is due for this booking now.")
    path = booking_path(booking)
    payment = start_checkout(
        invoice,
        actor=actor,
        expires_at=page_end(booking, now),
        success_path=f"{path}?checkout=done",
        cancel_path=f"{path}?checkout=canceled",
        now=now,
        share=share if booking.state in SEATED else replace(share, cents=None),
    )
    return payment.checkout_url


def pay_with_credit(booking: Booking, cents: int, *, actor: User, now: datetime) -> None:
    """Pay what is due now, or a part of it, with the applicant's own credit.

    `cents` is the sum that the page named. What is left is paid by card; a hold that lapses first
    gives the credit back. Raises what `begin_payment` raises, and CreditChanged.
    """
    require(can_pay_booking(actor, booking))
    require_payable_from(residence_of(actor), now)
    invoice = payable_invoice(booking)
    if invoice is None:
        raise NothingToPay("Nothing is due for this booking now.")
    page_end(booking, now)  # raises HoldEnded
    use_credit(invoice, cents, actor=actor, now=now)


def require_payable_from(residence: str, now: datetime) -> None:
    """Raise NotFromThere where no payment may be taken from who lives there; empty: not told."""
    if sentence := refusal_of(residence, now.date(), "payments"):
        raise NotFromThere(sentence)


def page_end(booking: Booking, now: datetime) -> datetime:
    """When the payment page closes: with the hold, later for a balance. Raises HoldEnded."""
    if booking.state == BookingState.HELD:
        return page_closes_at(now, _hold_end(booking, now))
    return now + BALANCE_PAGE


def ask_after_payment(booking: Booking, *, actor: User) -> None:
    """The person came back from the payment page: have Stripe asked, should its word be late."""
    require(can_pay_booking(actor, booking))
    invoice = payable_invoice(booking)
    for payment in open_payments(invoice) if invoice else ():
        enqueue("payments.refresh", unique_key=payment.public_id, payment_id=payment.pk)


def _hold_end(booking: Booking, now: datetime) -> datetime:
    ends_at = hold_ends_at(booking.hold, now)
    if booking.hold.state != HoldState.LIVE or ends_at <= now:
        raise HoldEnded(
            "The time to pay is over and the seat was given back. Nothing was charged. "
            "While the offer stands you can accept it again."
        )
    return ends_at
