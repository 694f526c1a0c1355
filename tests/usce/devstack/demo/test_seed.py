import datetime as dt
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import transaction

from applicants.profiles.queries import facts_of, profile_for
from rotations.applications.models import Application
from rotations.catalog.actions.publishing import check_complete
from rotations.catalog.models import (
    Duty,
    Letterhead,
    Opening,
    PricePer,
    RefundPolicy,
    Requirement,
    Rotation,
    RotationKind,
    SearchRow,
    Setting,
    Weight,
)
from rotations.catalog.queries import published_rotations
from rotations.catalog.states import OpeningState, RotationState
from rotations.eligibility.rules.kinds import KINDS
from rotations.providers.models import Preceptor, Provider, ProviderKind, Role, Shown, Site
from rotations.providers.queries import members_of
from rotations.providers.states import ProviderState
from usce.accounts.models import User
from usce.cases.models import Case
from usce.devstack.demo.accounts import current_code
from usce.devstack.demo.hosts import HOSTS
from usce.devstack.demo.invented import NAMED, all_hosts, demo_id
from usce.devstack.demo.people import PASSWORD, PEOPLE
from usce.devstack.demo.seed import DATES_EACH, LICENSE_SOURCE, is_seeded, seed
from usce.ids import PublicIdConverter
from usce.reference.actions import DATA, _rows

pytestmark = pytest.mark.django_db
Now = dt.datetime
FEW = {"rotations": 30, "openings_each": 20}
# Words that real hospitals, schools and chains go by.
REAL = {*(Path(__file__).parent / "real_words.txt").read_text().split()}


def counts() -> list[int]:
    models = (
        User,
        Provider,
        Preceptor,
        Rotation,
        Requirement,
        Opening,
        RefundPolicy,
        Application,
        Case,
    )
    return [model._default_manager.count() for model in models]


# Somebody's rotation begins in three weeks, sooner than any date of the catalogue.
PREPARED = 1
BEGUN = 1  # dates of a story that the catalogue has only where it is full


def test_seed_writes_a_catalogue(seeded: None, now: Now) -> None:
    states = Counter(Rotation.objects.values_list("state", flat=True))
    assert states.total() == NAMED
    assert set(states) == set(RotationState.values)
    assert states[RotationState.PUBLISHED] > 330
    assert published_rotations().count() == SearchRow.objects.count()
    assert Provider.objects.count() >= 60
    assert {*Provider.objects.values_list("state", flat=True)} == set(ProviderState.values)
    assert {*Provider.objects.values_list("kind", flat=True)} == set(ProviderKind.values)
    assert {*Rotation.objects.values_list("kind", flat=True)} == set(RotationKind.values)
    assert {*Rotation.objects.values_list("setting", flat=True)} == set(Setting.values)
    assert {*Rotation.objects.values_list("letterhead", flat=True)} == set(Letterhead.values)
    assert {*Rotation.objects.values_list("price_per", flat=True)} == set(PricePer.values)
    assert {*Preceptor.objects.values_list("shown", flat=True)} == set(Shown.values)
    assert {*Requirement.objects.values_list("kind", flat=True)} == set(KINDS)
    assert {*Requirement.objects.values_list("weight", flat=True)} == set(Weight.values)
    _openings_are_many_and_of_every_sort(now)
    _sites_lie_where_the_reference_says()
    _every_rotation_is_ready_for_the_public()
    _some_rotations_are_free()


def _openings_are_many_and_of_every_sort(now: Now) -> None:
    openings = list(Opening.objects.all())
    assert len(openings) == NAMED * DATES_EACH + PREPARED == 10_001
    assert {opening.state for opening in openings} == set(OpeningState.values)
    assert {opening.weeks for opening in openings} == {2, 4, 6, 8, 12}
    assert {opening.starts_on.weekday() for opening in openings} == {0}
    assert any(opening.seats_left == 0 for opening in openings)
    assert any(opening.ends_on < now.date() for opening in openings)
    assert not [o for o in openings if o.state == OpeningState.CANCELED and o.taken]


def _sites_lie_where_the_reference_says() -> None:
    rows = {row["zip"]: row for row in _rows(DATA / "zip_places.csv.gz")}
    sites = list(Site.objects.filter(provider__name__in=invented_names()))
    assert len({site.region_id for site in Site.objects.all()}) >= 35
    for site in sites:
        row = rows[site.zip]
        place = (site.city, site.region_id, site.time_zone)
        assert place == (row["city"], row["state"], row["time_zone"])


def invented_names() -> list[str]:
    return [host.name for host in all_hosts()[len(HOSTS) :]]


def test_no_name_is_that_of_an_institution() -> None:
    for host in all_hosts():
        words = set(host.name.lower().replace("'", " ").split())
        assert not words & REAL, host.name
    assert len({host.slug for host in all_hosts()}) == len(all_hosts())


def test_two_seeds_are_equal_and_a_third_adds_nothing(reference: None, now: Now) -> None:
    with transaction.atomic():
        seed(now, **FEW)
        first = picture()
        transaction.set_rollback(True)
    seed(now, **FEW)
    assert picture() == first
    assert len(first) > FEW["rotations"] * FEW["openings_each"]
    _everything_is_marked_as_invented()
    _amina_has_told_her_facts_and_bruno_owns_the_first()
    _people_sign_in_with_what_is_printed()
    _once_leaves_a_seeded_database_alone()
    _another_seed_adds_later_dates_only(now)


def picture() -> list[tuple[object, ...]]:
    """Everything of the catalogue but the keys of its rows."""
    rotations = Rotation.objects.order_by("public_id").values_list(
        *[f.name for f in Rotation._meta.concrete_fields if not f.is_relation and f.name != "id"],
        "provider__public_id",
        "site__public_id",
        "preceptor__public_id",
        "specialty",
        "refund_policy__key",
    )
    openings = Opening.objects.order_by("public_id").values_list(
        "public_id", "rotation__public_id", "starts_on", "ends_on", "seats", "taken", "state"
    )
    rules = Requirement.objects.order_by("rotation__public_id", "position", "kind").values_list(
        "rotation__public_id", "kind", "params", "weight"
    )
    cells = Duty.objects.order_by("rotation__public_id", "place", "duty").values_list(
        "rotation__public_id", "place", "duty", "level"
    )
    people = User.objects.order_by("email").values_list("public_id", "email", "full_name")
    sent = Application.objects.order_by("applicant__email", "created_at").values_list(
        "applicant__email", "rotation__public_id", "opening__public_id", "state", "submitted_at"
    )
    hosts = Provider.objects.order_by("slug").values_list("public_id", "name", "state", "about")
    return [*rotations, *openings, *rules, *cells, *people, *sent, *hosts]


def test_more_than_the_named_ones(reference: None, now: Now) -> None:
    call_command("seed_demo", "--rotations", "450", "--openings-each", "20", stdout=StringIO())
    assert (Rotation.objects.count(), Opening.objects.count()) == (450, 9000 + PREPARED + BEGUN)
    assert SearchRow.objects.count() == published_rotations().count()
    call_command("seed_demo", "--rotations", "450", "--openings-each", "20", stdout=StringIO())
    assert (Rotation.objects.count(), Opening.objects.count()) == (450, 9000 + PREPARED + BEGUN)


def _everything_is_marked_as_invented() -> None:
    assert not Provider.objects.filter(is_demo=False).exists()
    assert not User.objects.filter(is_demo=False).exists()
    assert not Preceptor.objects.exclude(license_number__startswith="DEMO-").exists()
    assert not Preceptor.objects.exclude(email__endswith=".demo@rounds.example").exists()


def _another_seed_adds_later_dates_only(now: Now) -> None:
    before = counts()
    seed(now, **FEW)
    assert counts() == before
    seed(now + dt.timedelta(days=28), **FEW)
    after = counts()
    assert after[5] > before[5]
    assert [*after[:5], *after[6:]] == [*before[:5], *before[6:]]


def _every_rotation_is_ready_for_the_public() -> None:
    for rotation in Rotation.objects.select_related("site", "preceptor", "refund_policy"):
        check_complete(rotation)
        assert rotation.preceptor.license_checked_on
        assert rotation.preceptor.license_source == LICENSE_SOURCE
        assert rotation.matrix.exists()


def _some_rotations_are_free() -> None:
    free = [rotation.deposit_cents for rotation in Rotation.objects.all() if rotation.is_free]
    assert 5 <= len(free) <= 40
    assert not any(free)


def _people_sign_in_with_what_is_printed() -> None:
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


def _amina_has_told_her_facts_and_bruno_owns_the_first() -> None:
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


def _once_leaves_a_seeded_database_alone() -> None:
    out = StringIO()
    call_command("seed_demo", "--once", stdout=out)
    assert (out.getvalue(), is_seeded()) == ("", True)


def test_demo_ids_are_public_ids() -> None:
    assert len(demo_id("x")) == 16
    assert set(demo_id("x")) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert PublicIdConverter.regex == "[0-9a-hjkmnp-tv-z]{16}"
