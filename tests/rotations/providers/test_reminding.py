import datetime as dt

import pytest

from rotations.providers.actions import accept_invitation, invite_member, remind_of_licenses
from rotations.providers.models import Preceptor, Provider, Role
from rotations.providers.states import ProviderState
from rotations.providers.tasks import remind_of_ending_licenses
from tests.factories.providers import PreceptorFactory
from usce.accounts.models import User
from usce.notifications.models import Mail

DAY = dt.timedelta(days=1)


@pytest.fixture
def preceptor(provider: Provider, now: dt.datetime) -> Preceptor:
    return PreceptorFactory(provider=provider, license_next_check_on=now.date() + 40 * DAY)


def told(event: str) -> list[str]:
    return list(Mail.objects.filter(event=event).order_by("id").values_list("address", flat=True))


@pytest.mark.usefixtures("preceptor")
def test_team_hears_of_an_ending_look_up_at_each_step_once(bruno: User, now: dt.datetime) -> None:
    seen = []
    for days in (9, 10, 20, 33, 39, 40, 41):
        remind_of_licenses(now + days * DAY)
        seen.append(len(told("providers.license_ending")))
    assert seen == [0, 1, 1, 2, 2, 2, 2]
    assert set(told("providers.license_ending")) == {bruno.email}


@pytest.mark.usefixtures("preceptor", "bruno")
def test_team_that_is_not_public_hears_nothing(provider: Provider, now: dt.datetime) -> None:
    Provider.objects.filter(pk=provider.pk).update(state=ProviderState.DRAFT)
    remind_of_licenses(now + 20 * DAY)
    remind_of_ending_licenses()
    assert told("providers.license_ending") == []


def test_owners_hear_who_joined(
    provider: Provider, bruno: User, dora: User, now: dt.datetime
) -> None:
    invitation = invite_member(provider, dora.email, Role.COORDINATOR, actor=bruno, now=now)
    accept_invitation(invitation, title="", actor=dora, now=now)
    assert told("providers.joined") == [bruno.email]
    assert Mail.objects.get(event="providers.joined").facts["role"] == "coordinator"
