"""Why an offer or a seat cannot be had, each in a sentence for the person."""

from usce.errors import Refused
from usce.money import Money


class BadExpiry(Refused):
    """The offer's last day is too near, too far, or after the start."""


class NoSeat(Refused):
    """There is no seat left to offer."""


class OfferEnded(Refused):
    """The offer can no longer be accepted."""


class NotAgreed(Refused):
    """The refund terms were not agreed to."""


class SeatTaken(Refused):
    """Somebody else has the last seat, or the dates are closed."""


class PreceptorFull(SeatTaken):
    """The preceptor already has as many learners in one of the weeks as the cap allows."""


class DatesOverlap(Refused):
    """The person has another in-person booking on some of these days."""


class TooManyHolds(Refused):
    """The seat was held for this offer as often as it may be."""


class HoldEnded(Refused):
    """The seat's time is over; the offer may be accepted again."""


class NothingToPay(Refused):
    """The booking asks for no money now."""


class NotFromThere(Refused):
    """No payment may be taken from the country where the payer lives."""


class SumChanged(Refused):
    def __init__(self, back_cents: int) -> None:
        super().__init__(
            f"The refund has changed since this page was opened: it is {Money(back_cents)} now. "
            "Nothing was canceled; look at it once more."
        )


class CannotCancel(Refused):
    """The booking is not one that can be canceled here; the message says why."""


class ProofMissing(Refused):
    """The reason asks for a paper that was not chosen, or is not checked yet."""


class NotReady(Refused):
    def __init__(self) -> None:
        super().__init__("Only a paper that was accepted can be sent.")


class TooEarly(Refused):
    """A host may see this paper later; the message says from when on."""
