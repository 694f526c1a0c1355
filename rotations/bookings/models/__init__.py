from rotations.bookings.models.booking import (
    Booking,
    Cancellation,
    Hold,
    Offer,
    PayerRequest,
    SentPaper,
)
from rotations.bookings.models.coupon import Bearer, Coupon, Reduction
from rotations.bookings.models.waiver import FeeWaiver, WaiverBudget, WaiverReview

__all__ = [
    "Bearer",
    "Booking",
    "Cancellation",
    "Coupon",
    "FeeWaiver",
    "Hold",
    "Offer",
    "PayerRequest",
    "Reduction",
    "SentPaper",
    "WaiverBudget",
    "WaiverReview",
]
