"""What deposit and balance are made of: the frozen lines and what is cut from them."""

from collections.abc import Sequence

from payments.actions.invoices import LineSpec
from payments.actions.parties import platform_party
from payments.models import Party
from rotations.bookings.models import Bearer, Offer
from rotations.bookings.rules import TAX, Cut, Part, parts_of


def deposit_lines(offer: Offer, cuts: Sequence[Cut]) -> list[LineSpec]:
    return _lines(offer, [(part, part.deposit_cents) for part in parts_of(offer.terms, cuts)])


def balance_lines(offer: Offer, cuts: Sequence[Cut]) -> list[LineSpec]:
    return _lines(offer, [(part, part.rest_cents) for part in parts_of(offer.terms, cuts)])


def _lines(offer: Offer, shares: list[tuple[Part, int]]) -> list[LineSpec]:
    """Lines of nothing are left out, unless nothing is all there is."""
    kept = [(part, cents) for part, cents in shares if cents] or shares[:1]
    return [
        LineSpec(part.label, _payee(offer, part.payee), cents, is_tax=part.payee == TAX)
        for part, cents in kept
    ]


def _payee(offer: Offer, payee: str) -> Party:
    if payee in (Bearer.PLATFORM, TAX):
        return platform_party()
    return offer.application.rotation.provider.party
