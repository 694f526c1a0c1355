from rotations.bookings.actions.accept import accept_offer
from rotations.bookings.actions.confirm import confirm_paid_booking
from rotations.bookings.actions.errors import (
    BadExpiry,
    DatesOverlap,
    HoldEnded,
    NoSeat,
    NotAgreed,
    NothingToPay,
    NotReady,
    OfferEnded,
    PreceptorFull,
    SeatTaken,
    TooEarly,
    TooManyHolds,
)
from rotations.bookings.actions.offers import (
    decline_offer,
    expire_offers,
    make_offer,
    remind_of_offers,
    withdraw_from_canceled,
    withdraw_offer,
)
from rotations.bookings.actions.papers import send_paper, take_back_paper
from rotations.bookings.actions.pay import ask_after_payment, begin_payment
from rotations.bookings.actions.payouts import plan_payouts
from rotations.bookings.actions.release import release_expired_holds
from rotations.bookings.actions.roster import tell_rosters

__all__ = [
    "BadExpiry",
    "DatesOverlap",
    "HoldEnded",
    "NoSeat",
    "NotAgreed",
    "NotReady",
    "NothingToPay",
    "OfferEnded",
    "PreceptorFull",
    "SeatTaken",
    "TooEarly",
    "TooManyHolds",
    "accept_offer",
    "ask_after_payment",
    "begin_payment",
    "confirm_paid_booking",
    "decline_offer",
    "expire_offers",
    "make_offer",
    "plan_payouts",
    "release_expired_holds",
    "remind_of_offers",
    "send_paper",
    "take_back_paper",
    "tell_rosters",
    "withdraw_from_canceled",
    "withdraw_offer",
]
