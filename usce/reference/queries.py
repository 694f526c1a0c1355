"""Lists to choose from, in the order people look for them."""

from datetime import datetime

from django.db.models import QuerySet

from usce.reference.models import Country, MatchCycle, Specialty, State, ZipPlace


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


def next_cycle(now: datetime) -> MatchCycle | None:
    """The season that opens next, or the one that is open."""
    return MatchCycle.objects.filter(year__gte=now.year).order_by("year").first()
