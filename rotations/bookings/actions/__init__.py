from rotations.bookings.actions.accept import accept_offer
from rotations.bookings.actions.balances import balance_ends_at, chase_balances
from rotations.bookings.actions.cancel import (
    Why,
    accept_proof,
    ask_to_cancel,
    cancel_booking,
    cancel_for_host,
    decline_proof,
    release_unpaid,
    withdraw_cancellation,
)
from rotations.bookings.actions.cards import let_go_idle_cards, remove_card, tell_card_refused
from rotations.bookings.actions.confirm import confirm_paid_booking
from rotations.bookings.actions.coupons import (
    CodeTaken,
    CouponRefused,
    end_coupon,
    look_at_coupon,
    make_coupon,
)
from rotations.bookings.actions.errors import (
    BadExpiry,
    CannotCancel,
    DatesOverlap,
    HoldEnded,
    NoSeat,
    NotAgreed,
    NothingToPay,
    NotReady,
    OfferEnded,
    PreceptorFull,
    ProofMissing,
    SeatTaken,
    SumChanged,
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
from rotations.bookings.actions.pay import ask_after_payment, begin_payment, pay_with_credit
from rotations.bookings.actions.payers import (
    ask_payer,
    begin_payer_payment,
    take_back_payer,
)
from rotations.bookings.actions.payouts import plan_payouts
from rotations.bookings.actions.progress import advance_booking
from rotations.bookings.actions.release import release_expired_holds
from rotations.bookings.actions.roster import tell_rosters
from rotations.bookings.actions.waivers import (
    WaiverRefused,
    ask_for_waiver,
    lapse_waivers,
    review_waiver,
    set_waiver_budget,
)

__all__ = [
    "BadExpiry",
    "CannotCancel",
    "CodeTaken",
    "CouponRefused",
    "DatesOverlap",
    "HoldEnded",
    "NoSeat",
    "NotAgreed",
    "NotReady",
    "NothingToPay",
    "OfferEnded",
    "PreceptorFull",
    "ProofMissing",
    "SeatTaken",
    "SumChanged",
    "TooEarly",
    "TooManyHolds",
    "WaiverRefused",
    "Why",
    "accept_offer",
    "accept_proof",
    "advance_booking",
    "ask_after_payment",
    "ask_for_waiver",
    "ask_payer",
    "ask_to_cancel",
    "balance_ends_at",
    "begin_payer_payment",
    "begin_payment",
    "cancel_booking",
    "cancel_for_host",
    "chase_balances",
    "confirm_paid_booking",
    "decline_offer",
    "decline_proof",
    "end_coupon",
    "expire_offers",
    "lapse_waivers",
    "let_go_idle_cards",
    "look_at_coupon",
    "make_coupon",
    "make_offer",
    "pay_with_credit",
    "plan_payouts",
    "release_expired_holds",
    "release_unpaid",
    "remind_of_offers",
    "remove_card",
    "review_waiver",
    "send_paper",
    "set_waiver_budget",
    "take_back_paper",
    "take_back_payer",
    "tell_card_refused",
    "tell_rosters",
    "withdraw_cancellation",
    "withdraw_from_canceled",
    "withdraw_offer",
]
