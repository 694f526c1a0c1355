import factory
from factory.django import DjangoModelFactory

from rotations.applications.models import Application
from tests.factories.accounts import UserFactory
from tests.factories.catalog import OpeningFactory
from tests.factories.payments import OPENED_AT


class ApplicationFactory(DjangoModelFactory[Application]):
    class Meta:
        model = Application

    reference = factory.Sequence(lambda n: f"R-{n}")
    applicant = factory.SubFactory(UserFactory)
    opening = factory.SubFactory(OpeningFactory)
    rotation = factory.SelfAttribute("opening.rotation")
    created_at = OPENED_AT
