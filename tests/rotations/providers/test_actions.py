import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from rotations.providers.actions import (
    AlreadyMember,
    add_member,
    answer_shown,
    ask_preceptor,
    record_license_check,
    submit_provider,
    suspend_provider,
    verify_provider,
)
from rotations.providers.models import Preceptor, Provider, Role, Shown
from rotations.providers.states import ProviderState
from tests.factories.accounts import UserFactory
from tests.factories.providers import PreceptorFactory, ProviderFactory
from usce.accounts.models import StaffRole, User
from usce.notifications.models import Mail
from usce.states import TransitionRefused

pytestmark = pytest.mark.django_db
Now = dt.datetime


@pytest.fixture
def vera(db: None) -> User:
    return UserFactory(email="vera@example.test", staff_roles=[StaffRole.VERIFIER])


@pytest.fixture
def preceptor(provider: Provider) -> Preceptor:
    return PreceptorFactory(provider=provider, shown=Shown.IN_OFFER)


def test_verify_after_submission(vera: User, bruno: User, provider: Provider, now: Now) -> None:
    Provider.objects.update(state=ProviderState.DRAFT)
    submit_provider(provider, actor=bruno, now=now)
    verify_provider(provider, actor=vera, now=now)
    assert provider.state == ProviderState.VERIFIED


def test_verify_of_a_draft_is_refused(vera: User, now: Now) -> None:
    with pytest.raises(TransitionRefused):
        verify_provider(ProviderFactory(state=ProviderState.DRAFT), actor=vera, now=now)


def test_verify_is_for_verifiers(bruno: User, chen: User, provider: Provider, now: Now) -> None:
    for actor in (bruno, chen):
        with pytest.raises(PermissionDenied):
            verify_provider(provider, actor=actor, now=now)


def test_suspend_takes_the_provider_off(vera: User, provider: Provider, now: Now) -> None:
    suspend_provider(provider, reason="no answer", actor=vera, now=now)
    assert provider.state == ProviderState.SUSPENDED


def test_submit_is_for_the_team(dora: User, provider: Provider, now: Now) -> None:
    with pytest.raises(PermissionDenied):
        submit_provider(provider, actor=dora, now=now)


def test_add_member_once(bruno: User, dora: User, provider: Provider, now: Now) -> None:
    added = add_member(provider, dora, Role.SCHEDULER, actor=bruno, now=now)
    assert added.role == Role.SCHEDULER
    with pytest.raises(AlreadyMember):
        add_member(provider, dora, Role.FINANCE, actor=bruno, now=now)


def test_add_member_is_for_owners(dora: User, provider: Provider, now: Now) -> None:
    with pytest.raises(PermissionDenied):
        add_member(provider, dora, Role.OWNER, actor=dora, now=now)


def test_license_check_keeps_source_and_next_date(
    vera: User, bruno: User, preceptor: Preceptor, now: Now
) -> None:
    values: dict[str, Any] = {
        "checked_on": dt.date(2026, 7, 1),
        "next_check_on": dt.date(2027, 7, 1),
        "source": "state board",
    }
    record_license_check(preceptor, **values, actor=vera, now=now)
    preceptor.refresh_from_db()
    assert preceptor.license_next_check_on == dt.date(2027, 7, 1)
    with pytest.raises(PermissionDenied):
        record_license_check(preceptor, **values, actor=bruno, now=now)


def test_ask_preceptor_writes_one_mail_without_a_secret(
    bruno: User, preceptor: Preceptor, now: Now
) -> None:
    ask_preceptor(preceptor, actor=bruno, now=now)
    ask_preceptor(preceptor, actor=bruno, now=now)
    mail = Mail.objects.get()
    assert mail.address == preceptor.email
    assert mail.facts["grant"]["path"] == "/d/preceptor/{token}"


def test_ask_preceptor_is_for_team_and_verifiers(
    vera: User, dora: User, preceptor: Preceptor, now: Now
) -> None:
    ask_preceptor(preceptor, actor=vera, now=now)
    with pytest.raises(PermissionDenied):
        ask_preceptor(preceptor, actor=dora, now=now)


def test_answer_is_kept_with_its_time(preceptor: Preceptor, now: Now) -> None:
    answer_shown(preceptor, Shown.PUBLIC, now=now)
    preceptor.refresh_from_db()
    assert (preceptor.shown, preceptor.shown_answered_at) == (Shown.PUBLIC, now)
