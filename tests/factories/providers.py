import factory
from factory.django import DjangoModelFactory

from payments.models.party import PartyKind
from rotations.providers.models import (
    Invitation,
    Member,
    Preceptor,
    Provider,
    ProviderKind,
    Role,
    Shown,
    Site,
)
from rotations.providers.states import ProviderState
from tests.factories.accounts import UserFactory
from tests.factories.payments import OPENED_AT, PartyFactory
from tests.factories.reference import SpecialtyFactory, StateFactory


class ProviderFactory(DjangoModelFactory[Provider]):
    class Meta:
        model = Provider

    slug = factory.Sequence(lambda n: f"lakeshore-{n}")
    name = "Lakeshore Medical Group"
    kind = ProviderKind.PRACTICE
    party = factory.SubFactory(PartyFactory, kind=PartyKind.PROVIDER)
    state = ProviderState.VERIFIED
    created_at = OPENED_AT


class MemberFactory(DjangoModelFactory[Member]):
    class Meta:
        model = Member

    provider = factory.SubFactory(ProviderFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OWNER
    added_at = OPENED_AT


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    provider = factory.SubFactory(ProviderFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.test")
    role = Role.COORDINATOR
    invited_by = factory.SubFactory(UserFactory)
    invited_at = OPENED_AT


class SiteFactory(DjangoModelFactory[Site]):
    class Meta:
        model = Site

    provider = factory.SubFactory(ProviderFactory)
    name = "Lakeshore Clinic"
    street = "100 Demo Street"
    city = "Chicago"
    region = factory.SubFactory(StateFactory)
    zip = "60601"
    time_zone = "America/Chicago"


class PreceptorFactory(DjangoModelFactory[Preceptor]):
    class Meta:
        model = Preceptor

    provider = factory.SubFactory(ProviderFactory)
    name = "Daniel Ortiz"
    credentials = "MD"
    specialty = factory.SubFactory(SpecialtyFactory)
    email = factory.Sequence(lambda n: f"preceptor{n}@example.test")
    license_state = factory.SubFactory(StateFactory)
    license_number = "DEMO-0001"
    shown = Shown.PUBLIC
