"""What the pages of an offer and a booking show."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from payments.actions.checkout import LEAST_PART_CENTS
from payments.models import Invoice
from payments.queries import left_cents, paid_by_invoice
from payments.queries.credit import usable_cents
from payments.states import InvoiceState
from rotations.applications.pages import tabs_of
from rotations.applications.queries import name_of
from rotations.bookings.actions.balances import balance_ends_at
from rotations.bookings.forms import PartForm, WordsForm
from rotations.bookings.models import Bearer, Booking, Cancellation, Offer, PayerRequest
from rotations.bookings.papers import lines_of
from rotations.bookings.queries import (
    booking_again,
    current_waiver,
    cuts_of,
    done_cancellation,
    granted_cut,
    hold_ends_at,
    holds_of,
    offer_ends_at,
    open_payer_requests,
    payable_invoice,
    proofs_of,
    refunds_of,
    terms_of,
    waiting_cancellation,
)
from rotations.bookings.quotes import Quote, begins_at, day_that_counts, invoices_of, quote_for
from rotations.bookings.reasons import OWN, PROOF, Reason
from rotations.bookings.rules import MOST_HOLDS, Cut, charge_at, left_of, lessened, visa_refund
from rotations.bookings.states import (
    BOOKED,
    SEATED,
    BookingState,
    CancellationState,
    HoldState,
    OfferState,
)
from usce.files.queries import pages_of

MOST_IN_ONE = 2 * LEAST_PART_CENTS


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
    delay_percent: int = 0
    illness_percent: int = 0


def offer_page(offer: Offer, now: datetime, *, cut: Cut | None = None) -> dict[str, Any]:
    """Price, dates, people, refunds and what happens when a visa is refused: before any payment.

    `cut` is what a coupon would take off; the price, deposit and refunds shown are those after it.
    """
    waiver = current_waiver(offer)
    before = granted_cut(waiver)
    terms = lessened(offer.terms, [*before, *([cut] if cut else [])])
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
        "refunds": refund_rows(offer, terms, now),
        "visa": visa_line(offer, terms["deposit_cents"]),
        "waiver": waiver,
        "has_fee": left_of(offer.terms, Bearer.PLATFORM, before) > 0,
        "cut": cut,
        "bearer": Bearer(cut.bearer).label.lower() if cut else "",
    }


def booking_page(booking: Booking, now: datetime, *, checkout: str) -> dict[str, Any]:
    """`checkout` is what the address says after the payment page; only the rows decide."""
    invoice = payable_invoice(booking)
    paid_by = paid_by_invoice(invoices_of(booking))
    paid = sum(paid_by.values())
    left = invoice.total_cents - paid_by[invoice.pk] if invoice else 0
    terms, credit = terms_of(booking), usable_cents(invoice, left) if invoice else 0
    return {
        "booking": booking,
        "terms": terms,
        "cuts": [(cut, Bearer(cut.bearer).label.lower()) for cut in cuts_of(booking)],
        "offer": booking.offer,
        "tabs": tabs_of(booking.application, "money"),
        "papers": lines_of(booking.offer, booking.application, now.date()),
        "rotation": booking.application.rotation,
        "gave_up": checkout == "canceled" and invoice is not None,
        "paid_cents": paid,
        "left_cents": left,
        "part_form": PartForm(),
        "credit_cents": credit,
        "credit_rest_cents": left - credit,
        "card": getattr(booking, "kept_card", None) if invoice else None,
        "charge_at": charge_at(invoice.due_at, booking.offer.site.time_zone) if invoice else None,
        "can_keep": bool(terms["balance_cents"]),
        "release_at": _release_at(booking, now),
        "is_booked": booking.state in BOOKED,
        "refunds": refund_rows(booking.offer, terms, now),
        "visa": visa_line(booking.offer, paid or terms["deposit_cents"]),
        **(
            _while_held(booking, invoice, now, came_back=checkout == "done")
            if booking.state == BookingState.HELD
            else _once_confirmed(booking, invoice, left, now)
        ),
    }


def _while_held(
    booking: Booking, invoice: Invoice | None, now: datetime, *, came_back: bool
) -> dict[str, Any]:
    ends_at = hold_ends_at(booking.hold, now)
    return {
        "invoice": invoice if booking.hold.state == HoldState.LIVE else None,
        "hold_ends_at": ends_at,
        "is_over": ends_at <= now,
        "awaits": came_back or invoice is None,
    }


def _once_confirmed(
    booking: Booking, invoice: Invoice | None, left: int, now: datetime
) -> dict[str, Any]:
    return {
        "invoice": invoice,
        "can_part": left >= MOST_IN_ONE,
        "canceled": done_cancellation(booking),
        "waiting": waiting_cancellation(booking),
        "can_cancel": begins_at(booking) > now,
    }


def _release_at(booking: Booking, now: datetime) -> datetime | None:
    """Until when the seat is kept for a balance that is late; none before it is due."""
    balance = booking.balance_invoice
    if balance is None or balance.state != InvoiceState.OPEN or balance.due_at > now:
        return None
    return balance_ends_at(booking, balance, now)


def refund_rows(offer: Offer, terms: dict[str, Any], now: datetime) -> list[RefundRow]:
    """Of the price in `terms`; empty where nothing is paid, for nothing comes back."""
    if not terms["total_cents"]:
        return []
    deposit = refunds_of(offer, now, paid_cents=terms["deposit_cents"])
    whole = refunds_of(offer, now, paid_cents=terms["total_cents"])
    return [
        RefundRow(part.until_on, part.percent, part.amount_cents, all_.amount_cents)
        for part, all_ in zip(deposit, whole, strict=True)
    ]


def visa_line(offer: Offer, paid_cents: int) -> VisaLine | None:
    if not paid_cents:
        return None
    policy = offer.terms["policy"]
    percent = policy["visa_refusal_percent"]
    others = (policy.get("visa_delay_percent", 0), policy.get("illness_percent", 0))
    return VisaLine(percent, *visa_refund(paid_cents, percent), *others)


@dataclass(frozen=True)
class ReasonRow:
    """A reason with what it gives back today; with a paper, what it gives back once accepted."""

    value: str
    label: str
    quote: Quote


def reasons_page(booking: Booking, now: datetime) -> dict[str, Any]:
    at = day_that_counts(booking, now)
    return {
        **_cancel_facts(booking, now),
        "reasons": [ReasonRow(r.value, r.label, quote_for(booking, r, at=at)) for r in OWN],
    }


def cancel_page(booking: Booking, why: str, now: datetime) -> dict[str, Any]:
    """The exact sum, on which cards, and the papers that may prove the reason."""
    reason = Reason(why)
    quote = quote_for(booking, reason, at=day_that_counts(booking, now))
    kind = PROOF[reason][0] if reason in PROOF else None
    return {
        **_cancel_facts(booking, now),
        "reason": reason,
        "quote": quote,
        "without": quote_for(booking, Reason.CHANGED_MIND, at=day_that_counts(booking, now)),
        "kind": kind,
        "proofs": proofs_of(booking.applicant, kind) if kind and quote.asks_proof else [],
        "refused_percent": booking.offer.terms["policy"]["visa_refusal_percent"],
    }


def proof_page(found: Cancellation) -> dict[str, Any]:
    """Staff see the paper, the sum if it counts, and what the date alone would give."""
    booking = booking_again(found.booking)
    at = found.asked_at
    return {
        "found": found,
        "booking": booking,
        "name": name_of(booking.applicant),
        "pages": pages_of(found.proof.blob) if found.proof else [],
        "accepted": quote_for(booking, found.reason, at=at),
        "by_date": quote_for(booking, Reason.CHANGED_MIND, at=at),
        "is_waiting": found.state == CancellationState.WAITING,
    }


def _cancel_facts(booking: Booking, now: datetime) -> dict[str, Any]:
    return {
        "booking": booking,
        "offer": booking.offer,
        "rotation": booking.application.rotation,
        "can_cancel": booking.state in SEATED and begins_at(booking) > now,
        "waiting": waiting_cancellation(booking),
        "form": WordsForm(),
    }


def payer_page(booking: Booking, now: datetime) -> dict[str, Any]:
    """What is due, and who was asked to pay it."""
    invoice = payable_invoice(booking)
    return {
        "booking": booking,
        "rotation": booking.application.rotation,
        "left_cents": left_cents(invoice) if invoice else 0,
        "ends_at": _asked_until(booking, now) if invoice else None,
        "asked": list(open_payer_requests(booking)),
        "zone": booking.offer.site.time_zone,
    }


def payer_door_page(asked: PayerRequest, now: datetime) -> dict[str, Any]:
    """For whom, what, how much and on which terms; no paper, no address, no score."""
    booking, invoice = asked.booking, asked.invoice
    due = payable_invoice(booking)
    is_due = due is not None and due.pk == invoice.pk
    return {
        "asked": asked,
        "name": name_of(booking.applicant),
        "rotation": booking.application.rotation,
        "offer": booking.offer,
        "booking": booking,
        "lines": list(invoice.lines.all()),
        "invoice": invoice,
        "left_cents": left_cents(invoice) if is_due else 0,
        "is_paid": invoice.paid_at is not None,
        "ends_at": _asked_until(booking, now) if is_due else None,
        "can_part": booking.state in SEATED,
        "refunds": refund_rows(booking.offer, terms_of(booking), now),
        "visa": visa_line(booking.offer, left_cents(invoice)),
    }


def _asked_until(booking: Booking, now: datetime) -> datetime:
    """The end of the hold, or the due day of the balance."""
    if booking.balance_invoice is None:
        return hold_ends_at(booking.hold, now)
    return booking.balance_invoice.due_at
