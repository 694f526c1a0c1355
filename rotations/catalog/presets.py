"""The refund terms a provider may choose from; changed terms are a new version, never an edit."""

from datetime import datetime

from django.db import transaction

from rotations.catalog.models import RefundPolicy
from rotations.catalog.rules import check_tiers

# Key: name, [days before the start, percent back], and what comes back at least, on proof, when a
# visa is refused, when it is not decided in time, and in illness.
PRESETS: dict[str, tuple[str, list[list[int]], tuple[int, int, int]]] = {
    "flexible": ("Flexible", [[30, 100], [14, 75], [7, 50]], (100, 100, 75)),
    "standard": ("Standard", [[60, 100], [30, 50], [14, 25]], (90, 75, 50)),
    "strict": ("Strict", [[90, 100], [60, 50], [30, 25]], (75, 50, 25)),
}
PROOF = ("visa_refusal_percent", "visa_delay_percent", "illness_percent")


def load_presets(now: datetime) -> list[RefundPolicy]:
    """The current version of each preset, written down where its terms are not there yet."""
    with transaction.atomic():
        return [_current(key, now) for key in PRESETS]


def _current(key: str, now: datetime) -> RefundPolicy:
    name, tiers, percents = PRESETS[key]
    on_proof = dict(zip(PROOF, percents, strict=True))
    check_tiers(tiers)
    versions = RefundPolicy.objects.select_for_update(no_key=True).filter(key=key)
    last = versions.order_by("-version").first()
    if last and (last.name, last.tiers, *(getattr(last, field) for field in PROOF)) == (
        name,
        tiers,
        *percents,
    ):
        return last
    return RefundPolicy.objects.create(
        key=key,
        version=last.version + 1 if last else 1,
        name=name,
        tiers=tiers,
        created_at=now,
        **on_proof,
    )
