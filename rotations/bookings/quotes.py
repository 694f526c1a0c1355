"""What canceling gives back at a moment, by the terms frozen in the offer; to the cent and card."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from payments.models import Invoice, Payment
from payments.queries import gone_cents, paid_cents, refund_plan
from rotations.bookings.models import Booking, Offer
from rotations.bookings.queries import last_declined
from rotations.bookings.reasons import needs_proof, percent_back
from rotations.catalog.rules import end_of_day
from rotations.catalog.terms import refund_steps
from usce.jobs.outages import effective_deadline
from usce.money import Money

GRACE = timedelta(days=7)


@dataclass(frozen=True)
class Quote:
    """`until_on`: the last day on which the sum is this one; none where no later day lowers it."""

    paid_cents: int
    percent: int
    until_on: date | None = None
    asks_proof: bool = False
    charges: list[tuple[Payment, int]] = field(default_factory=list)

    @property
    def back_cents(self) -> int:
        return Money(self.paid_cents).percent(Decimal(self.percent)).cents

    @property
    def own_cents(self) -> int:
        """What of it the applicant paid with cards of her own: what she may keep as credit."""
        return sum(cents for payment, cents in self.charges if _is_own(payment))

    @property
    def kept_cents(self) -> int:
        return self.paid_cents - self.back_cents


def invoices_of(booking: Booking) -> list[Invoice]:
    """In the order in which they are locked."""
    return [i for i in (booking.deposit_invoice, booking.balance_invoice) if i is not None]


def quote_for(booking: Booking, reason: str, *, at: datetime) -> Quote:
    """The refund for this reason if the booking is canceled at `at` (any proof accepted)."""
    offer = booking.offer
    policy, (by_date, until_on) = offer.terms["policy"], _by_date(offer, at)
    percent = percent_back(reason, policy, by_date)
    invoices = invoices_of(booking)
    paid = sum(paid_cents(invoice) - gone_cents(invoice) for invoice in invoices)
    known = Quote(
        paid_cents=paid,
        percent=percent,
        until_on=until_on if percent == by_date else None,
        asks_proof=needs_proof(reason, policy, by_date),
    )
    return Quote(
        known.paid_cents,
        known.percent,
        known.until_on,
        known.asks_proof,
        refund_plan(invoices, known.back_cents),
    )


def day_that_counts(booking: Booking, now: datetime) -> datetime:
    """Now; or the moment of a request whose proof was declined less than seven days ago."""
    declined = last_declined(booking)
    if declined is None or declined.decided_at is None:
        return now
    decided_at = declined.decided_at
    until = effective_deadline(decided_at + GRACE, set_at=decided_at, now=now)
    return declined.asked_at if now < until else now


def begins_at(booking: Booking) -> datetime:
    """Midnight before the first day, at the site."""
    return end_of_day(booking.starts_on - timedelta(days=1), booking.offer.site.time_zone)


def _is_own(payment: Payment) -> bool:
    return payment.payer_id == payment.invoice.payer_id and payment.credit_id is None


def _by_date(offer: Offer, at: datetime) -> tuple[int, date | None]:
    steps = refund_steps(
        offer.terms, starts_on=offer.opening.starts_on, zone=offer.site.time_zone, paid_cents=0
    )
    for step in steps:
        if step.until_at > at:
            return step.percent, step.until_on
    return 0, None
