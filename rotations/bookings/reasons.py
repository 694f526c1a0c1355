"""Why a booking ends, and what each reason changes about the refund (pure)."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from applicants.documents.kinds import DocumentKind

WHOLE = 100


class Reason(models.TextChoices):
    CHANGED_MIND = "changed_mind", "My plans have changed"
    VISA_REFUSED = "visa_refused", "My visa was refused"
    VISA_DELAYED = "visa_delayed", "I applied in time, and no visa decision comes before the start"
    VISA_PROCESSING = "visa_processing", "My visa is in administrative processing"
    VISA_LATE = "visa_late", "I did not apply for a visa in time"
    ILLNESS = "illness", "I am ill, or somebody in my family is"
    PROVIDER = "provider", "The provider cannot take the learner"
    PLATFORM = "platform", "Rounds canceled"
    NOT_PAID = "not_paid", "The balance was not paid"


OWN = (
    Reason.CHANGED_MIND,
    Reason.VISA_REFUSED,
    Reason.VISA_DELAYED,
    Reason.VISA_PROCESSING,
    Reason.VISA_LATE,
    Reason.ILLNESS,
)
WHOLLY_REFUNDED = (Reason.PROVIDER, Reason.PLATFORM)

# The paper that proves it, and the share that the frozen terms then give back at least.
PROOF = {
    Reason.VISA_REFUSED: (DocumentKind.CONSULATE_LETTER, "visa_refusal_percent"),
    Reason.VISA_DELAYED: (DocumentKind.CONSULATE_LETTER, "visa_delay_percent"),
    Reason.ILLNESS: (DocumentKind.DOCTORS_NOTE, "illness_percent"),
}


def percent_back(reason: str, policy: Mapping[str, Any], by_date: int) -> int:
    """The share of what was paid, once any proof is accepted; never less than by the date."""
    if reason in WHOLLY_REFUNDED:
        return WHOLE
    if reason not in PROOF:
        return by_date
    return max(by_date, _on_proof(reason, policy))


def needs_proof(reason: str, policy: Mapping[str, Any], by_date: int) -> bool:
    """Only where the proof gives back more than the date does by itself."""
    return reason in PROOF and _on_proof(reason, policy) > by_date


def _on_proof(reason: str, policy: Mapping[str, Any]) -> int:
    # Offers made before these shares existed promise nothing for them.
    share: int = policy.get(PROOF[Reason(reason)][1], 0)
    return share
