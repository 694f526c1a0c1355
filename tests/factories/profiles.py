import factory
from factory.django import DjangoModelFactory

from applicants.profiles.models import Profile
from tests.factories.accounts import UserFactory
from tests.factories.payments import OPENED_AT, PartyFactory


class ProfileFactory(DjangoModelFactory[Profile]):
    class Meta:
        model = Profile

    user = factory.SubFactory(UserFactory)
    party = factory.SubFactory(PartyFactory)
    updated_at = OPENED_AT
