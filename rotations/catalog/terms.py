"""What a booking is made under: price, refunds and requirements as they stand now."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rotations.catalog.models import Opening, PricePer, Rotation
from rotations.catalog.rules import RefundStep, steps_of, tax_cents
from usce.reference.models import TaxRate
from usce.reference.queries import tax_on

Terms = dict[str, Any]


def tax_for(rotation: Rotation, now: datetime) -> TaxRate | None:
    """The tax on a price that is quoted now, by the calendar of the site; as a rule, none."""
    site = rotation.site
    if not site.region.has_taxes:
        return None
    return tax_on(site.region_id, rotation.kind, now.astimezone(ZoneInfo(site.time_zone)).date())


def price_lines(
    rotation: Rotation, opening: Opening, *, tax: TaxRate | None
) -> list[dict[str, Any]]:
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
    if tax is not None:
        taken = tax_cents(rotation.net_cents(opening.weeks), tax.percent)
        label = f"{tax.label}, {rotation.site.region.name}, {tax.rate}%"
        lines.append({"label": label, "amount_cents": taken, "payee": "tax"})
    return [lines[0], *(line for line in lines[1:] if line["amount_cents"])]


def freeze_terms(rotation: Rotation, opening: Opening, *, tax: TaxRate | None) -> Terms:
    """Plain JSON of everything a later change of the listing, or of a tax, must not move.

    The deposit bears its part of a tax. `balance_due_on` may lie in the past when a seat is
    booked late: the balance is then due at once.
    """
    policy = rotation.refund_policy
    lines = price_lines(rotation, opening, tax=tax)
    total, net = sum(line["amount_cents"] for line in lines), rotation.net_cents(opening.weeks)
    deposit = rotation.deposit_cents
    deposit += (total - net) * deposit // (net or 1)
    return {
        "lines": lines,
        "total_cents": total,
        "deposit_cents": deposit,
        "balance_cents": total - deposit,
        **({"tax_percent": str(tax.percent)} if tax is not None and total > net else {}),
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
