"""Lists to choose from, in the order people look for them."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from usce.reference.models import (
    Country,
    SanctionedName,
    Specialty,
    State,
    TaxRate,
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


def tax_on(state: str, kind: str, day: date) -> TaxRate | None:
    """What the state takes of rotations of that kind on that day; none where it takes nothing."""
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    rates = TaxRate.objects.filter(running, state=state, kind__in=("", kind), starts_on__lte=day)
    return rates.order_by("-kind").first()


def states_with_new_taxes(today: date) -> list[str]:
    """Where a rate began or ended about today, whatever the zone."""
    near = (today - timedelta(days=2), today + timedelta(days=1))
    turned = TaxRate.objects.filter(Q(starts_on__range=near) | Q(ends_on__range=near))
    return sorted(set(turned.values_list("state", flat=True)))
