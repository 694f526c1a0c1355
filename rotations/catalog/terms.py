"""What a booking is made under: price, refunds and requirements as they stand now."""

from datetime import date, timedelta
from typing import Any

from rotations.catalog.models import Opening, PricePer, Rotation
from rotations.catalog.rules import RefundStep, steps_of

Terms = dict[str, Any]


def price_lines(rotation: Rotation, opening: Opening) -> list[dict[str, Any]]:
    """The whole price by who gets it; a free rotation has one line of zero."""
    by_week = rotation.price_per == PricePer.WEEK
    label = f"Rotation, {opening.weeks} weeks" if by_week else "Rotation"
    amount = rotation.provider_cents(opening.weeks)
    lines = [
        {"label": label, "amount_cents": amount, "payee": "provider"},
        {
            "label": "Rounds service fee",
            "amount_cents": rotation.platform_fee_cents,
            "payee": "platform",
        },
    ]
    return [lines[0], *(line for line in lines[1:] if line["amount_cents"])]


def freeze_terms(rotation: Rotation, opening: Opening) -> Terms:
    """Plain JSON of everything a later change of the listing must not move.

    `balance_due_on` may lie in the past when a seat is booked late: the balance is then due
    at once.
    """
    policy = rotation.refund_policy
    total = rotation.total_cents(opening.weeks)
    return {
        "lines": price_lines(rotation, opening),
        "total_cents": total,
        "deposit_cents": rotation.deposit_cents,
        "balance_cents": total - rotation.deposit_cents,
        "balance_due_on": balance_due_on(rotation, opening).isoformat(),
        "policy": {
            "key": policy.key,
            "version": policy.version,
            "name": policy.name,
            "tiers": policy.tiers,
            "visa_refusal_percent": policy.visa_refusal_percent,
            "visa_delay_percent": policy.visa_delay_percent,
            "illness_percent": policy.illness_percent,
        },
        "requirements": [
            {"kind": r.kind, "params": r.params, "weight": r.weight}
            for r in rotation.requirements.all()
        ],
    }


def balance_due_on(rotation: Rotation, opening: Opening) -> date:
    return opening.starts_on - timedelta(days=rotation.balance_days)


def refund_steps(
    terms: Terms, *, starts_on: date, zone: str, paid_cents: int | None = None
) -> list[RefundStep]:
    """What canceling gives back until when, of the sum paid (by default of the whole price)."""
    total = terms["total_cents"] if paid_cents is None else paid_cents
    return steps_of(terms["policy"]["tiers"], total_cents=total, starts_on=starts_on, zone=zone)
