"""What the pages of an offer and a booking show."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from payments.models import Invoice
from rotations.applications.pages import tabs_of
from rotations.bookings.models import Booking, Offer
from rotations.bookings.papers import lines_of
from rotations.bookings.queries import (
    hold_ends_at,
    holds_of,
    offer_ends_at,
    payable_invoice,
    refunds_of,
)
from rotations.bookings.rules import MOST_HOLDS, visa_refund
from rotations.bookings.states import BookingState, HoldState, OfferState


@dataclass(frozen=True)
class RefundRow:
    """Canceling through `until_on` gives back this much of the deposit, and of everything."""

    until_on: date
    percent: int
    deposit_cents: int
    total_cents: int


@dataclass(frozen=True)
class VisaLine:
    """The sentence beside the pay button, in money."""

    percent: int
    back_cents: int
    lost_cents: int


def offer_page(offer: Offer, now: datetime) -> dict[str, Any]:
    """Price, dates, people, refunds and what happens when a visa is refused: before any payment."""
    terms = offer.terms
    ends_at = offer_ends_at(offer, now)
    return {
        "offer": offer,
        "tabs": tabs_of(offer.application, "money"),
        "papers": lines_of(offer, offer.application, now.date()),
        "application": offer.application,
        "rotation": offer.application.rotation,
        "terms": terms,
        "ends_at": ends_at,
        "is_open": offer.state == OfferState.LIVE and ends_at > now,
        "holds_left": MOST_HOLDS - holds_of(offer),
        "balance_due_on": date.fromisoformat(terms["balance_due_on"]),
        "refunds": refund_rows(offer, now),
        "visa": visa_line(offer, terms["deposit_cents"]),
    }


def booking_page(booking: Booking, now: datetime, *, checkout: str) -> dict[str, Any]:
    """`checkout` is what the address says after the payment page; only the rows decide."""
    invoice = payable_invoice(booking)
    paid = _paid_cents(booking)
    is_held = booking.state == BookingState.HELD
    return {
        "booking": booking,
        "offer": booking.offer,
        "tabs": tabs_of(booking.application, "money"),
        "papers": lines_of(booking.offer, booking.application, now.date()),
        "rotation": booking.application.rotation,
        "invoice": invoice if not is_held or booking.hold.state == HoldState.LIVE else None,
        "hold_ends_at": hold_ends_at(booking.hold, now) if is_held else None,
        "is_over": is_held and hold_ends_at(booking.hold, now) <= now,
        "awaits": is_held and (checkout == "done" or invoice is None),
        "gave_up": checkout == "canceled" and invoice is not None,
        "paid_cents": paid,
        "refunds": refund_rows(booking.offer, now),
        "visa": visa_line(booking.offer, paid or booking.offer.terms["deposit_cents"]),
    }


def refund_rows(offer: Offer, now: datetime) -> list[RefundRow]:
    """Empty for a free rotation: nothing is paid, nothing comes back."""
    if not offer.terms["total_cents"]:
        return []
    deposit = refunds_of(offer, now, paid_cents=offer.terms["deposit_cents"])
    whole = refunds_of(offer, now, paid_cents=offer.terms["total_cents"])
    return [
        RefundRow(part.until_on, part.percent, part.amount_cents, all_.amount_cents)
        for part, all_ in zip(deposit, whole, strict=True)
    ]


def visa_line(offer: Offer, paid_cents: int) -> VisaLine | None:
    if not paid_cents:
        return None
    percent = offer.terms["policy"]["visa_refusal_percent"]
    return VisaLine(percent, *visa_refund(paid_cents, percent))


def _paid_cents(booking: Booking) -> int:
    invoices: list[Invoice | None] = [booking.deposit_invoice, booking.balance_invoice]
    return sum(i.total_cents for i in invoices if i is not None and i.paid_at is not None)
