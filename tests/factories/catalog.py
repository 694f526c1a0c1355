import datetime as dt

import factory
from factory.django import DjangoModelFactory

from rotations.catalog.models import (
    Letterhead,
    Opening,
    RefundPolicy,
    Requirement,
    Rotation,
    RotationKind,
    Setting,
)
from rotations.catalog.states import RotationState
from tests.factories.payments import OPENED_AT
from tests.factories.providers import PreceptorFactory, ProviderFactory, SiteFactory
from tests.factories.reference import SpecialtyFactory


class RefundPolicyFactory(DjangoModelFactory[RefundPolicy]):
    class Meta:
        model = RefundPolicy
        django_get_or_create = ["key", "version"]

    key = "standard"
    version = 1
    name = "Standard"
    tiers = factory.LazyFunction(lambda: [[60, 100], [30, 50], [14, 25]])
    visa_refusal_percent = 90
    visa_delay_percent = 75
    illness_percent = 50
    created_at = OPENED_AT


class RotationFactory(DjangoModelFactory[Rotation]):
    class Meta:
        model = Rotation

    slug = "internal-medicine-observership"
    title = "Internal Medicine observership"
    provider = factory.SubFactory(ProviderFactory)
    site = factory.SubFactory(SiteFactory, provider=factory.SelfAttribute("..provider"))
    preceptor = factory.SubFactory(PreceptorFactory, provider=factory.SelfAttribute("..provider"))
    specialty = factory.SubFactory(SpecialtyFactory)
    kind = RotationKind.OBSERVERSHIP
    setting = Setting.OUTPATIENT
    summary = "Four weeks beside an attending in clinic."
    duties = factory.LazyFunction(lambda: ["Observe patient visits"])
    hours_per_week = 40
    letterhead = Letterhead.CLINIC
    malpractice = "Not needed: observation only"
    price_cents = 150_000
    platform_fee_cents = 15_000
    deposit_cents = 60_000
    balance_days = 45
    refund_policy = factory.SubFactory(RefundPolicyFactory)
    state = RotationState.PUBLISHED
    published_at = OPENED_AT
    updated_at = OPENED_AT


class RequirementFactory(DjangoModelFactory[Requirement]):
    class Meta:
        model = Requirement

    rotation = factory.SubFactory(RotationFactory)
    kind = "graduation_within_years"
    params = factory.LazyFunction(lambda: {"years": 5})


class OpeningFactory(DjangoModelFactory[Opening]):
    class Meta:
        model = Opening

    rotation = factory.SubFactory(RotationFactory)
    starts_on = dt.date(2026, 10, 5)
    ends_on = dt.date(2026, 10, 30)
    seats = 2
