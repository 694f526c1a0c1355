"""What deposit and balance are made of: the frozen lines, divided in proportion."""

from payments.actions.invoices import LineSpec
from payments.actions.parties import platform_party
from payments.models import Party
from rotations.bookings.models import Offer
from rotations.bookings.rules import split


def deposit_lines(offer: Offer) -> list[LineSpec]:
    return _lines(offer, _deposit(offer))


def balance_lines(offer: Offer) -> list[LineSpec]:
    whole = [line["amount_cents"] for line in offer.terms["lines"]]
    rest = [all_ - part for all_, part in zip(whole, _deposit(offer), strict=True)]
    return _lines(offer, rest)


def _deposit(offer: Offer) -> list[int]:
    whole = [line["amount_cents"] for line in offer.terms["lines"]]
    return split(whole, offer.terms["deposit_cents"])


def _lines(offer: Offer, amounts: list[int]) -> list[LineSpec]:
    """Lines of nothing are left out, unless nothing is all there is."""
    named = list(zip(offer.terms["lines"], amounts, strict=True))
    kept = [(line, cents) for line, cents in named if cents] or named[:1]
    return [LineSpec(line["label"], _payee(offer, line["payee"]), cents) for line, cents in kept]


def _payee(offer: Offer, payee: str) -> Party:
    if payee == "platform":
        return platform_party()
    return offer.application.rotation.provider.party
