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
WORDS = ("status", "visa")
MOST_PEOPLE = 1000


def profile_for(user: User) -> Profile | None:
    return Profile.objects.filter(user=user).first()


def facts_of(profile: Profile | None) -> dict[str, Any]:
    """What the person told, by plain names; what she did not tell is absent."""
    if profile is None:
        return {}
    told = {name: getattr(profile, _column(name)) for name in FACTS}
    return {name: value for name, value in told.items() if value not in (None, "")}


def people_who_told(names: list[str]) -> list[dict[str, Any]]:
    """The facts of the newest people who told all of these, without who they are."""
    rows = Profile.objects.order_by("-id")
    for name in names:
        rows = rows.exclude(**{_column(name): ""}) if name in WORDS else rows
        rows = rows.filter(**{f"{_column(name)}__isnull": False})
    columns = {_column(name): name for name in names}
    found = rows.values(*columns)[:MOST_PEOPLE]
    return [{columns[column]: value for column, value in row.items()} for row in found]


def _column(name: str) -> str:
    return "school_country_id" if name == "school_country" else name
