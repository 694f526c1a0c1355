"""What a person agreed to, in words, and what of it can be taken back while the account stays."""

from dataclasses import dataclass
from datetime import datetime

from applicants.documents.queries import HEALTH
from usce.accounts.models import User
from usce.accounts.queries import consents_of
from usce.accounts.texts import TEXTS

WORDS = {
    "terms": "Terms for applicants",
    "adult": "Being 18 or over",
    "provider_agreement": "Provider agreement",
    HEALTH: "Health papers",
    "truthful_papers": "Truthful papers",
    "refund_terms": "Refund terms of a booking",
}
WITHDRAWABLE = (HEALTH,)


@dataclass(frozen=True)
class ConsentLine:
    words: str
    version: str
    at: datetime
    url: str
    signed_name: str
    public_id: str
    withdrawn: bool
    may_withdraw: bool


def consent_lines(user: User) -> list[ConsentLine]:
    """Every consent, and every time one was taken back, the last first."""
    lines, seen = [], set()
    for consent in consents_of(user):
        is_newest = consent.purpose not in seen
        seen.add(consent.purpose)
        key = consent.purpose.replace("_", "-")
        lines.append(
            ConsentLine(
                words=WORDS.get(consent.purpose, consent.purpose),
                version=consent.text_version,
                at=consent.at,
                url=f"/{key}/{consent.text_version}" if key in TEXTS else "",
                signed_name=consent.signed_name,
                public_id=consent.public_id,
                withdrawn=consent.withdrawn,
                may_withdraw=is_newest
                and not consent.withdrawn
                and consent.purpose in WITHDRAWABLE,
            )
        )
    return lines
