"""Accept an offer: seat, weeks, hold, deposit invoice and consent in one transaction."""

from datetime import datetime

from django.db import IntegrityError, transaction

from payments.actions.invoices import open_invoice
from payments.actions.parties import ensure_party_for
from rotations.applications.actions import mark_accepted
from rotations.applications.states import ApplicationState
from rotations.bookings.actions.coupons import check_tries, note_reduction, take_coupon
from rotations.bookings.actions.errors import (
    DatesOverlap,
    NotAgreed,
    OfferEnded,
    SeatTaken,
    TooManyHolds,
)
from rotations.bookings.actions.invoicing import deposit_lines
from rotations.bookings.actions.seats import take_seat
from rotations.bookings.actions.waivers import waiver_on_acceptance
from rotations.bookings.models import Booking, Hold, Offer
from rotations.bookings.permissions import can_answer_offer
from rotations.bookings.queries import granted_cut, holds_of, live_booking_of, offer_ends_at
from rotations.bookings.rules import HOLD, MOST_HOLDS
from rotations.bookings.states import OfferState
from rotations.providers.states import ProviderState
from usce.accounts.actions import record_consent
from usce.accounts.models import User
from usce.audit.actions import record
from usce.crashpoints import reach
from usce.permissions import require
from usce.states import TransitionRefused, lock, transition

OVERLAP = "booking_no_overlap"


def accept_offer(
    offer: Offer,
    *,
    agreed: bool,
    actor: User,
    now: datetime,
    ip_address: str | None = None,
    code: str = "",
) -> Booking:
    """Hold the seat for 35 minutes and open the deposit's invoice.

    `code` is a coupon's. A second call, from another tab or after a lost answer, gives the same
    booking, whatever its code. Raises NotAgreed, OfferEnded, SeatTaken (PreceptorFull),
    DatesOverlap, TooManyHolds, CouponRefused.
    """
    require(can_answer_offer(actor, offer))
    if found := live_booking_of(offer):
        return found
    if not agreed:
        raise NotAgreed("Agree to the refund terms first: they are part of the booking.")
    if code:
        check_tries(actor, now)
    try:
        with transaction.atomic():
            booking = _accept(offer, actor, now, ip_address, code)
            reach("accept.before_commit")
    except (SeatTaken, OfferEnded):
        # Perhaps it was this person's other tab that took the seat in the same moment.
        if found := live_booking_of(offer):
            return found
        raise
    reach("accept.after_commit")
    return booking


def _accept(offer: Offer, actor: User, now: datetime, ip_address: str | None, code: str) -> Booking:
    """In the lock order: preceptor weeks, opening, application, (party,) coupon, new rows."""
    take_seat(offer)
    application = lock(offer.application)
    _look_again(lock(offer), now)
    if application.state != ApplicationState.OFFERED:
        raise TransitionRefused(application, ApplicationState.ACCEPTED)
    hold_until = now + HOLD
    opening, terms = offer.opening, offer.terms
    payer = ensure_party_for(actor)
    waiver = waiver_on_acceptance(offer, now=now)
    cuts = granted_cut(waiver)
    used = take_coupon(offer, code, cuts, actor=actor, now=now) if code else None
    invoice = open_invoice(
        payer=payer,
        purpose=f"Deposit, {application.reference}: {application.rotation.title}"[:200],
        lines=deposit_lines(offer, [*cuts, *([used[1]] if used else [])]),
        due_at=hold_until,
        actor=actor,
        now=now,
        mails_receipts=False,  # the mail that confirms the seat says it
    )
    booking = _insert(
        Booking(
            application=application,
            offer=offer,
            opening=opening,
            applicant=actor,
            starts_on=opening.starts_on,
            ends_on=opening.ends_on,
            in_person=application.rotation.is_in_person,
            deposit_invoice=invoice,
            created_at=now,
        )
    )
    for cut in cuts:
        note_reduction(booking, cut, waiver=waiver)
    if used is not None:
        note_reduction(booking, used[1], coupon=used[0])
    Hold.objects.create(booking=booking, created_at=now, expires_at=hold_until)
    transition(offer, OfferState.ACCEPTED, actor=actor, now=now)
    mark_accepted(application, until=hold_until, actor=actor, now=now)
    policy = terms["policy"]
    version = f"{policy['key'][:14]}-{policy['version']}"
    record_consent(actor, "refund_terms", version, ip_address=ip_address, now=now)
    record("bookings.booking.held", booking, actor=actor, now=now)
    return booking


def _look_again(offer: Offer, now: datetime) -> None:
    """The offer as it is now that nobody else can change it."""
    provider = offer.application.rotation.provider
    if offer.state != OfferState.LIVE or offer_ends_at(offer, now) <= now:
        raise OfferEnded("This offer has ended. Nothing was charged.")
    if provider.state != ProviderState.VERIFIED:
        raise OfferEnded(f"{provider.name} takes no bookings at present. Nothing was charged.")
    if holds_of(offer) >= MOST_HOLDS:
        raise TooManyHolds(
            "The seat was held for you three times without a payment. "
            "Write to the provider if you still want it."
        )


def _insert(booking: Booking) -> Booking:
    try:
        with transaction.atomic():
            booking.save(force_insert=True)
    except IntegrityError as error:
        if OVERLAP not in str(error):
            raise
        raise DatesOverlap(
            "You have another rotation on some of these days. Nothing was charged."
        ) from error
    return booking
