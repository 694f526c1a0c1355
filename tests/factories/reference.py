import datetime as dt
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from usce.reference.models import Country, Specialty, State, TaxRate


class StateFactory(DjangoModelFactory[State]):
    class Meta:
        model = State
        django_get_or_create = ["code"]

    code = "IL"
    name = "Illinois"
    time_zone = "America/Chicago"
    source = "test"
    checked_on = dt.date(2026, 1, 1)


class SpecialtyFactory(DjangoModelFactory[Specialty]):
    class Meta:
        model = Specialty
        django_get_or_create = ["code"]

    code = "internal-medicine"
    name = "Internal Medicine"
    source = "test"
    checked_on = dt.date(2026, 1, 1)


class CountryFactory(DjangoModelFactory[Country]):
    class Meta:
        model = Country
        django_get_or_create = ["code"]

    code = "IN"
    name = "India"
    source = "test"
    checked_on = dt.date(2026, 1, 1)


class TaxRateFactory(DjangoModelFactory[TaxRate]):
    """An invented rate; the table as it comes holds none."""

    class Meta:
        model = TaxRate

    entry = factory.Sequence(lambda n: f"IL-{n}")
    state = factory.SubFactory(StateFactory)
    label = "Sales tax"
    percent = Decimal("6.25")
    starts_on = dt.date(2026, 1, 1)
    source = "test"
    checked_on = dt.date(2026, 1, 1)
