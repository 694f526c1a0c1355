from rotations.bookings.models.booking import (
    Booking,
    Cancellation,
    Hold,
    Offer,
    PayerRequest,
    SentPaper,
)
from rotations.bookings.models.coupon import Bearer, Coupon, Reduction

__all__ = [
    "Bearer",
    "Booking",
    "Cancellation",
    "Coupon",
    "Hold",
    "Offer",
    "PayerRequest",
    "Reduction",
    "SentPaper",
]
