import datetime as dt

import pytest

from rotations.catalog.actions import publish_rotation, return_rotation, submit_rotation
from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from tests.factories.accounts import UserFactory
from tests.factories.catalog import RotationFactory
from tests.factories.providers import MemberFactory, ProviderFactory
from tests.support.races import at_once
from usce.accounts.models import StaffRole
from usce.notifications.models import Mail

pytestmark = pytest.mark.race


def test_two_verifiers_at_once_decide_it_once(clean_db: str, now: dt.datetime) -> None:
    provider = ProviderFactory()
    owner = MemberFactory(provider=provider).user
    rotation = RotationFactory(provider=provider, state=RotationState.DRAFT)
    rotation.preceptor.license_checked_on = now.date()
    rotation.preceptor.save()
    submit_rotation(rotation, actor=owner, now=now)
    staff = UserFactory(staff_roles=[StaffRole.VERIFIER])

    def publish() -> object:
        return publish_rotation(Rotation.objects.get(pk=rotation.pk), actor=staff, now=now)

    def give_back() -> object:
        fresh = Rotation.objects.get(pk=rotation.pk)
        return return_rotation(fresh, reason="No.", actor=staff, now=now)

    assert at_once([publish, give_back, publish, give_back]) == {
        "Rotation": 1, "TransitionRefused": 3,
    }  # fmt: skip
    rotation.refresh_from_db()
    assert rotation.state in (RotationState.PUBLISHED, RotationState.DRAFT)
    assert Mail.objects.count() == 1
