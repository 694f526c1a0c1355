import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from rotations.catalog.actions import (
    BadOpening,
    NotReady,
    ReasonMissing,
    SeatsTaken,
    add_opening,
    cancel_opening,
    close_opening,
    pause_rotation,
    publish_rotation,
    return_rotation,
    submit_rotation,
)
from rotations.catalog.models import Duty, Opening, RefundPolicy, Rotation, Setting
from rotations.catalog.presets import PRESETS, load_presets
from rotations.catalog.states import OpeningState, RotationState
from rotations.providers.models import Provider, Role
from rotations.providers.states import ProviderState
from tests.factories.accounts import UserFactory
from tests.factories.catalog import (
    OpeningFactory,
    RefundPolicyFactory,
    RequirementFactory,
    RotationFactory,
)
from tests.factories.providers import MemberFactory, SiteFactory
from usce.accounts.models import StaffRole, User
from usce.cases.models import Case
from usce.states import TransitionRefused

pytestmark = pytest.mark.django_db
Now = dt.datetime


@pytest.fixture
def vera(db: None) -> User:
    """She verifies, as staff."""
    return UserFactory(email="vera@example.test", staff_roles=[StaffRole.VERIFIER])


@pytest.fixture
def rotation(provider: Provider) -> Rotation:
    made = RotationFactory(
        provider=provider, state=RotationState.IN_REVIEW, published_at=None, title="Cardiology"
    )
    made.preceptor.license_checked_on = dt.date(2026, 5, 2)
    made.preceptor.save()
    return made


@pytest.fixture
def opening(provider: Provider) -> Opening:
    return OpeningFactory(rotation=RotationFactory(provider=provider))


def test_publish_makes_public(rotation: Rotation, vera: User, now: Now) -> None:
    publish_rotation(rotation, actor=vera, now=now)
    assert (rotation.state, rotation.published_at) == (RotationState.PUBLISHED, now)


def test_publish_again_keeps_the_first_date(rotation: Rotation, vera: User, now: Now) -> None:
    publish_rotation(rotation, actor=vera, now=now)
    pause_rotation(rotation, reason="holiday", actor=vera, now=now)
    publish_rotation(rotation, actor=vera, now=now + dt.timedelta(days=9))
    assert rotation.published_at == now


def test_publish_is_for_verifiers(rotation: Rotation, bruno: User, chen: User, now: Now) -> None:
    for actor in (bruno, chen):
        with pytest.raises(PermissionDenied):
            publish_rotation(rotation, actor=actor, now=now)


def test_publish_needs_a_verified_provider(rotation: Rotation, vera: User, now: Now) -> None:
    rotation.provider.state = ProviderState.SUBMITTED
    rotation.provider.save()
    with pytest.raises(NotReady, match="verified"):
        publish_rotation(rotation, actor=vera, now=now)


def test_publish_needs_its_own_site(rotation: Rotation, vera: User, now: Now) -> None:
    Rotation.objects.update(site=SiteFactory())
    with pytest.raises(NotReady, match="belong"):
        publish_rotation(rotation, actor=vera, now=now)


def test_publish_needs_a_license_looked_up(rotation: Rotation, vera: User, now: Now) -> None:
    rotation.preceptor.license_checked_on = None
    rotation.preceptor.save()
    with pytest.raises(NotReady, match="license"):
        publish_rotation(rotation, actor=vera, now=now)


def test_publish_needs_duties(rotation: Rotation, vera: User, now: Now) -> None:
    Rotation.objects.update(duties=[])
    with pytest.raises(NotReady, match="what the learner"):
        publish_rotation(rotation, actor=vera, now=now)


def test_publish_refuses_rising_refunds(rotation: Rotation, vera: User, now: Now) -> None:
    rising = RefundPolicyFactory(key="odd", tiers=[[60, 50], [30, 100]])
    Rotation.objects.update(refund_policy=rising)
    with pytest.raises(NotReady, match="never rises"):
        publish_rotation(rotation, actor=vera, now=now)


def test_publish_refuses_a_rule_nobody_can_answer(rotation: Rotation, vera: User, now: Now) -> None:
    RequirementFactory(rotation=rotation, kind="moon_phase", params={})
    with pytest.raises(NotReady, match="moon_phase"):
        publish_rotation(rotation, actor=vera, now=now)


def test_submit_hands_a_draft_to_staff(rotation: Rotation, bruno: User, now: Now) -> None:
    Rotation.objects.update(state=RotationState.DRAFT)
    submit_rotation(rotation, actor=bruno, now=now)
    assert rotation.state == RotationState.IN_REVIEW


def test_submit_is_for_the_team(rotation: Rotation, dora: User, now: Now) -> None:
    with pytest.raises(PermissionDenied):
        submit_rotation(rotation, actor=dora, now=now)


def test_pause_is_for_the_team_and_staff(opening: Opening, dora: User, now: Now) -> None:
    with pytest.raises(PermissionDenied):
        pause_rotation(opening.rotation, reason="", actor=dora, now=now)


def add(rotation: Rotation, actor: User, now: Now, **fields: object) -> Opening:
    values: dict[str, Any] = {
        "starts_on": dt.date(2026, 10, 5),
        "ends_on": dt.date(2026, 10, 30),
        "seats": 2,
    }
    return add_opening(rotation, **(values | fields), actor=actor, now=now)


def test_add_opening_offers_seats(rotation: Rotation, bruno: User, now: Now) -> None:
    added = add(rotation, bruno, now)
    assert (added.seats_left, added.weeks, added.state) == (2, 4, OpeningState.OPEN)


@pytest.mark.parametrize(
    "fields",
    [
        {"seats": 0},
        {"ends_on": dt.date(2026, 10, 1)},
        {"starts_on": dt.date(2026, 7, 1)},
    ],
)
def test_add_opening_refuses_nonsense(
    rotation: Rotation, bruno: User, now: Now, fields: dict[str, object]
) -> None:
    with pytest.raises(BadOpening):
        add(rotation, bruno, now, **fields)


def test_add_opening_refuses_the_same_dates(rotation: Rotation, bruno: User, now: Now) -> None:
    add(rotation, bruno, now)
    with pytest.raises(BadOpening, match="already"):
        add(rotation, bruno, now)


def test_add_opening_is_for_schedulers_too(rotation: Rotation, dora: User, now: Now) -> None:
    with pytest.raises(PermissionDenied):
        add(rotation, dora, now)
    MemberFactory(provider=rotation.provider, user=dora, role=Role.SCHEDULER)
    assert add(rotation, dora, now).seats == 2


def test_close_keeps_seats(opening: Opening, bruno: User, now: Now) -> None:
    close_opening(opening, actor=bruno, now=now)
    assert opening.state == OpeningState.CLOSED


def test_close_is_for_the_team(opening: Opening, dora: User, now: Now) -> None:
    with pytest.raises(PermissionDenied):
        close_opening(opening, actor=dora, now=now)


def test_cancel_ends_the_dates(opening: Opening, bruno: User, now: Now) -> None:
    cancel_opening(opening, reason="clinic moves", actor=bruno, now=now)
    assert opening.state == OpeningState.CANCELED
    with pytest.raises(TransitionRefused):
        cancel_opening(opening, reason="again", actor=bruno, now=now)


def test_cancel_refuses_while_seats_are_taken(opening: Opening, bruno: User, now: Now) -> None:
    Opening.objects.update(taken=1)
    with pytest.raises(SeatsTaken):
        cancel_opening(opening, reason="clinic moves", actor=bruno, now=now)


def test_remote_rotation_is_public_only_with_platform_and_hours(
    rotation: Rotation, vera: User, now: Now
) -> None:
    rotation.setting = Setting.REMOTE
    rotation.save()
    with pytest.raises(NotReady, match="platform and its hours"):
        publish_rotation(rotation, actor=vera, now=now)
    rotation.remote_platform, rotation.remote_hours = "Video", "Weekdays, 9 to 13, Chicago"
    rotation.save()
    publish_rotation(rotation, actor=vera, now=now)
    assert rotation.state == RotationState.PUBLISHED


@pytest.mark.parametrize(
    "wrong",
    [
        {"price_per": "month"},
        {"malpractice_carrier": "nobody"},
        {"activities": ["golf"]},
        {"kind": "telemedicine", "setting": "inpatient"},
    ],
)
def test_database_refuses_what_no_listing_may_say(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        RotationFactory(**wrong)


def test_cell_of_the_duties_matrix_is_filled_once(rotation: Rotation) -> None:
    cell = {"rotation": rotation, "duty": "exam", "place": "inpatient"}
    Duty.objects.create(**cell, level="observe")
    with pytest.raises(IntegrityError):
        Duty.objects.create(**cell, level="assist")


def test_changed_preset_is_a_new_version(now: Now, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_presets(now)
    assert load_presets(now) == first
    monkeypatch.setitem(PRESETS, "strict", ("Strict", [[120, 100], [60, 50]], (75, 50, 25)))
    versions = {policy.key: policy.version for policy in load_presets(now)}
    assert versions == {"flexible": 1, "standard": 1, "strict": 2}
    assert RefundPolicy.objects.get(key="strict", version=1).tiers == [
        [90, 100],
        [60, 50],
        [30, 25],
    ]


def test_submit_needs_no_license_look_up_yet(rotation: Rotation, bruno: User, now: Now) -> None:
    Rotation.objects.update(state=RotationState.DRAFT)
    rotation.preceptor.license_checked_on = None
    rotation.preceptor.save()
    submit_rotation(rotation, actor=bruno, now=now)
    case = Case.objects.get()
    assert (case.kind, case.queue, case.state) == ("catalog.listing_review", "verifier", "open")


def test_return_is_for_verifiers_and_says_why(
    rotation: Rotation, bruno: User, vera: User, chen: User, now: Now
) -> None:
    for actor in (bruno, chen):
        with pytest.raises(PermissionDenied):
            return_rotation(rotation, reason="No.", actor=actor, now=now)
    with pytest.raises(ReasonMissing):
        return_rotation(rotation, reason=" \u202e ", actor=vera, now=now)
    return_rotation(rotation, reason="Name the place.", actor=vera, now=now)
    assert rotation.state == RotationState.DRAFT
    with pytest.raises(TransitionRefused):
        return_rotation(rotation, reason="Again.", actor=vera, now=now)
