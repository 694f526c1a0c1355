"""What is held of a person's offers and bookings."""

from datetime import datetime

from django.db.models import QuerySet

from rotations.bookings.actions.offers import decline_offer
from rotations.bookings.models import (
    Booking,
    Cancellation,
    Coupon,
    FeeWaiver,
    Hold,
    Offer,
    PayerRequest,
    Reduction,
    SentPaper,
    WaiverBudget,
    WaiverReview,
)
from rotations.bookings.states import BOOKED, LIVE, BookingState, OfferState
from usce.accounts.models import User
from usce.rights.portability import Holding, Part, register
from usce.ui.dates import day, span

TERMS = "price, refund terms and requirements; nothing about the person"


def _offers(person: User) -> QuerySet[Offer]:
    return Offer.objects.filter(application__applicant=person)


def _live_offers(person: User) -> QuerySet[Offer]:
    return _offers(person).filter(state=OfferState.LIVE).order_by("pk")


def _let_go(person: User, now: datetime) -> None:
    for offer in _live_offers(person):
        decline_offer(offer, actor=person, now=now)


def _open(person: User, now: datetime) -> QuerySet[Booking]:
    """What still binds both sides: a seat being paid, or a rotation whose last day is to come."""
    rows = Booking.objects.filter(applicant=person, state__in=LIVE, ends_on__gte=now.date())
    return rows.select_related("application").order_by("starts_on")


def _holds(person: User, now: datetime) -> list[str]:
    return [_why_kept(booking) for booking in _open(person, now)]


def _why_kept(booking: Booking) -> str:
    reference = booking.application.reference
    if booking.state == BookingState.HELD:
        return f"A seat is held for you in {reference} while you pay."
    return f"Your rotation {reference} runs until {day(booking.ends_on)}."


def _consequences(person: User, now: datetime) -> list[str]:
    offers = [
        f"The offer on {offer.application.reference} is declined."
        for offer in _live_offers(person).select_related("application")
    ]
    past = Booking.objects.filter(
        applicant=person, state__in=BOOKED, ends_on__lt=now.date()
    ).select_related("application")
    done = [
        f"{booking.application.reference} of {span(booking.starts_on, booking.ends_on)} stays in "
        "the host's records by its number; a letter for it can no longer be asked for here."
        for booking in past.order_by("starts_on")
    ]
    return [*offers, *done]


register(
    Part(
        name="bookings",
        holdings=(
            Holding(
                SentPaper,
                lambda person: SentPaper.objects.filter(application__applicant=person),
                told=("application__reference", "document__kind", "sent_at", "taken_back_at"),
            ),
            Holding(
                Cancellation,
                lambda person: Cancellation.objects.filter(booking__applicant=person),
                told=(
                    *("booking__application__reference", "reason", "words", "asked_at", "state"),
                    *("paid_cents", "back_cents", "decided_at", "answer"),
                ),
                emptied={"words": "", "answer": "", "proof": None},
            ),
            Holding(
                PayerRequest,
                lambda person: PayerRequest.objects.filter(booking__applicant=person),
                told=("booking__application__reference", "payer__name", "asked_at", "closed_at"),
                emptied={},
            ),
            Holding(
                Reduction,
                lambda person: Reduction.objects.filter(booking__applicant=person),
                told=("booking__application__reference", "label", "cents", "given_back_at"),
                emptied={},
                kept={"label": "the code of a coupon"},
            ),
            Holding(
                WaiverReview,
                lambda person: WaiverReview.objects.filter(
                    waiver__offer__application__applicant=person
                ),
                untold="what two of staff thought, each without knowing who asked",
                emptied={"note": ""},
            ),
            Holding(
                FeeWaiver,
                lambda person: FeeWaiver.objects.filter(offer__application__applicant=person),
                told=(
                    *("offer__application__reference", "statement", "cents", "state"),
                    *("asked_at", "decided_at"),
                ),
                emptied={"statement": ""},
            ),
            Holding(
                Hold,
                lambda person: Hold.objects.filter(booking__applicant=person),
                told=("created_at", "expires_at", "state"),
                emptied={},
            ),
            Holding(
                Booking,
                lambda person: Booking.objects.filter(applicant=person),
                told=(
                    *("public_id", "application__reference", "starts_on", "ends_on", "state"),
                    *("cancel_reason", "created_at", "confirmed_at"),
                ),
                emptied={},
                kept={"cancel_reason": "one of our own words"},
            ),
            Holding(
                Offer,
                _offers,
                told=("application__reference", "terms", "state", "made_at", "expires_at"),
                emptied={},
                kept={"terms": TERMS},
            ),
        ),
        others={
            Coupon: "a code of a provider, or of Rounds; who made it is of their team",
            WaiverBudget: "a year's sum of Rounds; who set it is staff",
        },
        let_go=_let_go,
        holds=_holds,
        consequences=_consequences,
    )
)
