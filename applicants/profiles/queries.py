from typing import Any

from applicants.profiles.models import Profile
from usce.accounts.models import User

FACTS = (
    "status",
    "graduation_year",
    "school_country",
    "step1_passed",
    "step2_passed",
    "ecfmg_certified",
    "visa",
)


def profile_for(user: User) -> Profile | None:
    return Profile.objects.filter(user=user).first()


def facts_of(profile: Profile | None) -> dict[str, Any]:
    """What the person told, by plain names; what she did not tell is absent."""
    if profile is None:
        return {}
    told = {name: getattr(profile, _column(name)) for name in FACTS}
    return {name: value for name, value in told.items() if value not in (None, "")}


def _column(name: str) -> str:
    return "school_country_id" if name == "school_country" else name
