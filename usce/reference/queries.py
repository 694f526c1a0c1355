"""Lists to choose from, in the order people look for them."""

from datetime import datetime

from django.db.models import QuerySet

from usce.reference.models import (
    Country,
    MatchCycle,
    SanctionedName,
    Specialty,
    State,
    ZipPlace,
)
from usce.reference.rules import name_key


def states() -> QuerySet[State]:
    return State.objects.all()


def specialties() -> QuerySet[Specialty]:
    return Specialty.objects.select_related("parent")


def countries() -> QuerySet[Country]:
    return Country.objects.all()


def country_choices() -> list[tuple[str, str]]:
    return list(Country.objects.values_list("code", "name"))


def place_of_zip(code: str) -> ZipPlace | None:
    return ZipPlace.objects.select_related("state").filter(zip=code).first()


def sanctioned_like(name: str) -> SanctionedName | None:
    """The entry of that name on the list, whatever its case, accents, signs and order of words."""
    return SanctionedName.objects.filter(key=name_key(name)).exclude(key="").first()


def next_cycle(now: datetime) -> MatchCycle | None:
    """The season that opens next, or the one that is open."""
    return MatchCycle.objects.filter(year__gte=now.year).order_by("year").first()
