"""The refund terms a provider may choose from; changed terms are a new version, never an edit."""

from datetime import datetime

from django.db import transaction

from rotations.catalog.models import RefundPolicy
from rotations.catalog.rules import check_tiers

# Key: name, [days before the start, percent back], percent back when a visa is refused.
PRESETS: dict[str, tuple[str, list[list[int]], int]] = {
    "flexible": ("Flexible", [[30, 100], [14, 75], [7, 50]], 100),
    "standard": ("Standard", [[60, 100], [30, 50], [14, 25]], 90),
    "strict": ("Strict", [[90, 100], [60, 50], [30, 25]], 75),
}


def load_presets(now: datetime) -> list[RefundPolicy]:
    """The current version of each preset, written down where its terms are not there yet."""
    with transaction.atomic():
        return [_current(key, now) for key in PRESETS]


def _current(key: str, now: datetime) -> RefundPolicy:
    name, tiers, visa = PRESETS[key]
    check_tiers(tiers)
    versions = RefundPolicy.objects.select_for_update(no_key=True).filter(key=key)
    last = versions.order_by("-version").first()
    if last and (last.name, last.tiers, last.visa_refusal_percent) == (name, tiers, visa):
        return last
    return RefundPolicy.objects.create(
        key=key,
        version=last.version + 1 if last else 1,
        name=name,
        tiers=tiers,
        visa_refusal_percent=visa,
        created_at=now,
    )
