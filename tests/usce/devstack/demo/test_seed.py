import datetime as dt
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management import call_command

from applicants.profiles.queries import facts_of, profile_for
from rotations.catalog.models import Opening, RefundPolicy, Requirement, Rotation
from rotations.catalog.queries import published_rotations
from rotations.catalog.rules import check_tiers
from rotations.eligibility.rules import check_rule
from rotations.providers.models import Preceptor, Provider, ProviderKind, Role
from rotations.providers.queries import members_of
from usce.accounts.models import User
from usce.devstack.demo.accounts import current_code
from usce.devstack.demo.people import PASSWORD, PEOPLE
from usce.devstack.demo.seed import demo_id, is_seeded, seed
from usce.ids import PublicIdConverter
from usce.reference.actions import TABLES, _load

pytestmark = pytest.mark.django_db
Now = dt.datetime


@pytest.fixture
def seeded(now: Now) -> None:
    for table in TABLES[:3]:
        _load(table)
    seed(now)


def counts() -> list[int]:
    models = (User, Provider, Preceptor, Rotation, Requirement, Opening, RefundPolicy)
    return [model._default_manager.count() for model in models]


def test_seed_publishes_a_catalogue(seeded: None) -> None:
    assert published_rotations().count() == Rotation.objects.count() == 26
    assert set(Provider.objects.values_list("kind", flat=True)) == set(ProviderKind.values)
    assert set(Preceptor.objects.values_list("shown", flat=True)) == {
        "public",
        "signed_in",
        "in_offer",
    }


def test_everything_is_marked_as_invented(seeded: None) -> None:
    assert not Provider.objects.filter(is_demo=False).exists()
    assert not User.objects.filter(is_demo=False).exists()
    assert not Preceptor.objects.exclude(license_number__startswith="DEMO-").exists()
    assert not Preceptor.objects.exclude(email__endswith=".demo@rounds.example").exists()


def test_seed_twice_adds_nothing(seeded: None, now: Now) -> None:
    before = counts()
    seed(now)
    assert counts() == before


def test_seed_later_adds_dates_only(seeded: None, now: Now) -> None:
    before = counts()
    seed(now + dt.timedelta(days=28))
    after = counts()
    assert after[5] > before[5]
    assert [*after[:5], after[6]] == [*before[:5], before[6]]


def test_every_rotation_has_dates_and_sound_rules(seeded: None, now: Now) -> None:
    for rotation in Rotation.objects.all():
        starts = set(rotation.openings.values_list("starts_on", flat=True))
        assert len(starts) >= 2
        assert min(starts) >= now.date() + dt.timedelta(days=35)
        assert {day.weekday() for day in starts} == {0}
        for rule in rotation.requirements.all():
            check_rule(rule.kind, rule.params, weight=rule.weight, in_person=rotation.is_in_person)
        check_tiers(rotation.refund_policy.tiers)


def test_exactly_one_rotation_is_free(seeded: None) -> None:
    free = [rotation for rotation in Rotation.objects.all() if rotation.is_free]
    assert [r.title for r in free] == ["Family Medicine observership in a free clinic"]


def test_people_sign_in_with_what_is_printed(seeded: None) -> None:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    for person in PEOPLE:
        user = User.objects.get(email=person.email)
        assert user.check_password(PASSWORD)
        assert EmailAddress.objects.filter(user=user, verified=True, primary=True).count() == 1
        assert person.email in out.getvalue()
        assert person.totp_seed in out.getvalue()
        for row in Authenticator.objects.filter(user=user):
            assert get_adapter().decrypt(row.data["secret"]) == person.totp_seed


def test_second_factor_is_valid_base32() -> None:
    codes = [current_code(person.totp_seed) for person in PEOPLE if person.totp_seed]
    assert [len(code) for code in codes] == [6, 6, 6, 6]


def test_amina_has_told_her_facts_and_bruno_owns_the_first(seeded: None) -> None:
    amina = User.objects.get(email="amina.demo@rounds.example")
    assert facts_of(profile_for(amina)) == {
        "status": "graduate",
        "graduation_year": 2023,
        "school_country": "EG",
        "step1_passed": True,
        "step2_passed": False,
        "ecfmg_certified": False,
        "visa": "b1_b2",
    }
    (owner,) = members_of(Provider.objects.get(slug="lantern-row"), Role.OWNER)
    assert owner.user.email == "bruno.demo@rounds.example"


def test_once_leaves_a_seeded_database_alone(seeded: None) -> None:
    out = StringIO()
    call_command("seed_demo", "--once", stdout=out)
    assert (out.getvalue(), is_seeded()) == ("", True)


def test_demo_ids_are_public_ids() -> None:
    assert len(demo_id("x")) == 16
    assert set(demo_id("x")) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert PublicIdConverter.regex == "[0-9a-hjkmnp-tv-z]{16}"
