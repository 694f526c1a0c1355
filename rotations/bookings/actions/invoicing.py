"""What deposit and balance are made of: the frozen lines and what is cut from them."""

from collections.abc import Sequence

from payments.actions.invoices import LineSpec
from payments.actions.parties import platform_party
from payments.models import Party
from rotations.bookings.models import Offer
from rotations.bookings.rules import Cut, Part, parts_of


def deposit_lines(offer: Offer, cuts: Sequence[Cut]) -> list[LineSpec]:
    return _lines(offer, [(part, part.deposit_cents) for part in parts_of(offer.terms, cuts)])


def balance_lines(offer: Offer, cuts: Sequence[Cut]) -> list[LineSpec]:
    return _lines(offer, [(part, part.rest_cents) for part in parts_of(offer.terms, cuts)])


def _lines(offer: Offer, shares: list[tuple[Part, int]]) -> list[LineSpec]:
    """Lines of nothing are left out, unless nothing is all there is."""
    kept = [(part, cents) for part, cents in shares if cents] or shares[:1]
    return [LineSpec(part.label, _payee(offer, part.payee), cents) for part, cents in kept]


def _payee(offer: Offer, payee: str) -> Party:
    if payee == "platform":
        return platform_party()
    return offer.application.rotation.provider.party
