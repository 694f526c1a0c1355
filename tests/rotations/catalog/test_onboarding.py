"""From the invitation to the first listing submitted: six screens, each saved, none lost."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from rotations.catalog.actions import add_opening
from rotations.catalog.models import Rotation
from rotations.catalog.queries import who_would_qualify
from rotations.catalog.states import RotationState
from rotations.providers.models import Provider, Role
from rotations.providers.states import ProviderState
from tests.factories.accounts import UserFactory
from tests.factories.catalog import OpeningFactory, RequirementFactory, RotationFactory
from tests.factories.profiles import ProfileFactory
from tests.factories.providers import (
    MemberFactory,
    PreceptorFactory,
    ProviderFactory,
    SiteFactory,
)
from tests.factories.reference import SpecialtyFactory, StateFactory
from tests.factories.visits import client_of
from usce.accounts.models import ConsentRecord, User
from usce.cases.models import Case

pytestmark = pytest.mark.django_db
NPI = "1234567893"
MONDAY = "2026-10-05"
BEGIN = {
    "specialty": "internal-medicine", "kind": "observership", "weeks": "4",
    "fee": "block", "price": "1500",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)) as clock:
        yield clock


@pytest.fixture
def draft() -> Provider:
    StateFactory()
    SpecialtyFactory()
    return ProviderFactory(slug="hill", state=ProviderState.DRAFT)


@pytest.fixture
def owner(draft: Provider) -> User:
    user = UserFactory()
    MemberFactory(provider=draft, user=user, role=Role.OWNER)
    return user


def placed(provider: Provider) -> dict[str, str]:
    """Site and preceptor of the provider, as the form names them."""
    return {
        "site": str(SiteFactory(provider=provider).pk),
        "preceptor": str(PreceptorFactory(provider=provider).pk),
    }


def test_six_screens_with_seventeen_answers(client: Client, draft: Provider, owner: User) -> None:
    client = client_of(owner)
    place = {
        "name": "Hill Clinic", "kind": "clinic", "street": "1 Main", "city": "Chicago",
        "region": "IL", "zip": "60601", "website": "https://hill.example",
    }  # fmt: skip
    step = client.post("/p/hill/start/place", place)
    physician = {
        "name": "Ana Ruiz", "credentials": "MD", "specialty": "internal-medicine", "npi": NPI,
        "license_state": "IL", "license_number": "036", "email": "ruiz@example.test",
    }  # fmt: skip
    step = client.post(step["Location"], physician)
    assert step["Location"] == "/p/hill/rotations/new"
    site, preceptor = draft.sites.get(), draft.preceptors.get()
    step = client.post(step["Location"], {**BEGIN, "site": site.pk, "preceptor": preceptor.pk})
    rotation = Rotation.objects.get()
    assert step["Location"].endswith(f"{rotation.public_id}/dates")
    step = client.post(step["Location"], {"first_on": MONDAY, "blocks": "2", "seats": "3"})
    page = client.get(step["Location"]).content.decode()
    assert "$1,650.00" in page
    assert "5 to 30 October 2026, 3 seats" in page
    done = client.post(step["Location"], {"refunds": "flexible", "agreed": "on"})
    assert done["Location"] == "/p/hill/"
    rotation.refresh_from_db()
    draft.refresh_from_db()
    assert (rotation.state, draft.state) == (RotationState.IN_REVIEW, ProviderState.SUBMITTED)
    assert (rotation.refund_policy.key, rotation.deposit_cents) == ("flexible", 49_500)
    assert set(Case.objects.values_list("kind", flat=True)) == {
        "providers.verification",
        "catalog.listing_review",
    }
    assert ConsentRecord.objects.get().purpose == "provider_agreement"


def test_each_screen_can_be_left_and_today_leads_on(draft: Provider, owner: User) -> None:
    client = client_of(owner)

    def leads_to(path: str) -> bool:
        return f'href="{path}"' in client.get("/p/hill/").content.decode()

    assert leads_to("/p/hill/start/place")
    assert client.get("/p/hill/rotations/new")["Location"] == "/p/hill/start/place"
    told = placed(draft)
    assert leads_to("/p/hill/rotations/new")
    client.post("/p/hill/rotations/new", {**BEGIN, **told})
    rotation = Rotation.objects.get()
    assert leads_to(f"/p/hill/rotations/{rotation.public_id}/dates")
    client.post(
        f"/p/hill/rotations/{rotation.public_id}/dates",
        {"first_on": MONDAY, "blocks": "1", "seats": "1"},
    )
    assert leads_to(f"/p/hill/rotations/{rotation.public_id}/submit")


def test_back_button_gives_the_same_draft_and_another_kind_its_own_preset(
    draft: Provider, owner: User
) -> None:
    client, told = client_of(owner), placed(draft)
    client.post("/p/hill/rotations/new", {**BEGIN, **told})
    first = Rotation.objects.get()
    assert first.requirements.filter(kind="applicant_status").get().params == {
        "allowed": ["graduate"]
    }
    page = client.get("/p/hill/rotations/new").content.decode()
    assert 'value="1500"' in page
    client.post("/p/hill/rotations/new", {**BEGIN, **told, "price": "900"})
    client.post("/p/hill/rotations/new", {**BEGIN, **told, "kind": "telemedicine", "fee": "none"})
    again = Rotation.objects.get()
    assert (again.pk, again.setting, again.price_cents) == (first.pk, "remote", 0)
    assert again.is_free
    assert set(again.matrix.values_list("place", flat=True)) == {"remote"}
    assert not again.requirements.filter(kind="visa_accepted").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("specialty", "x"), ("kind", ""), ("weeks", "0"), ("weeks", "53"), ("fee", ""),
     ("price", ""), ("price", "-5"), ("price", "9999999"), ("price", "1,5")],
)  # fmt: skip
def test_error_stands_at_its_field(draft: Provider, owner: User, field: str, value: str) -> None:
    told = {**BEGIN, **placed(draft), field: value}
    page = client_of(owner).post("/p/hill/rotations/new", told)
    assert page.status_code == 422
    assert f'id="id_{field}-error"' in page.content.decode()
    assert not Rotation.objects.exists()


def test_site_and_preceptor_of_others_cannot_be_chosen(draft: Provider, owner: User) -> None:
    placed(draft)
    told = {**BEGIN, "site": SiteFactory().pk, "preceptor": PreceptorFactory().pk}
    assert client_of(owner).post("/p/hill/rotations/new", told).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [("first_on", "2026-10-06"), ("first_on", "2026-06-29"), ("first_on", "x"),
     ("blocks", "13"), ("seats", "0"), ("seats", "51")],
)  # fmt: skip
def test_dates_that_cannot_be_are_told_at_the_field(
    draft: Provider, owner: User, field: str, value: str
) -> None:
    client = client_of(owner)
    client.post("/p/hill/rotations/new", {**BEGIN, **placed(draft)})
    rotation = Rotation.objects.get()
    told = {"first_on": MONDAY, "blocks": "1", "seats": "1", field: value}
    page = client.post(f"/p/hill/rotations/{rotation.public_id}/dates", told)
    assert page.status_code == 422
    assert f'id="id_{field}-error"' in page.content.decode()
    assert not rotation.openings.exists()


def test_dates_are_added_all_or_none(
    draft: Provider, owner: User, clock: time_machine.Traveller
) -> None:
    client = client_of(owner)
    client.post("/p/hill/rotations/new", {**BEGIN, **placed(draft)})
    rotation = Rotation.objects.get()
    starts_on, ends_on = dt.date(2026, 11, 2), dt.date(2026, 11, 27)
    now = dt.datetime.now(dt.UTC)
    add_opening(rotation, starts_on=starts_on, ends_on=ends_on, seats=1, actor=owner, now=now)
    url = f"/p/hill/rotations/{rotation.public_id}/dates"
    again = client.post(url, {"first_on": MONDAY, "blocks": "2", "seats": "1"})
    assert again.status_code == 409
    far = client.post(url, {"first_on": "2028-06-26", "blocks": "2", "seats": "1"})
    assert far.status_code == 409
    assert rotation.openings.count() == 1


def test_second_factor_is_asked_at_the_last_screen_and_choices_are_kept(
    draft: Provider, owner: User
) -> None:
    rotation = RotationFactory(provider=draft, state=RotationState.DRAFT, **_own(draft), slug="x")
    OpeningFactory(rotation=rotation)
    client = Client()
    client.force_login(owner)
    url = f"/p/hill/rotations/{rotation.public_id}/submit"
    asked = client.post(url, {"refunds": "strict", "agreed": "on"})
    assert asked["Location"] == "/accounts/factor/app"
    told = client.get(asked["Location"], follow=True).content.decode()
    assert "Your listing is saved" in told
    rotation.refresh_from_db()
    assert (rotation.state, rotation.refund_policy.key) == (RotationState.DRAFT, "strict")
    assert not Authenticator.objects.exists()
    page = client_of(owner).get(url).content.decode()
    assert 'name="agreed"' not in page
    assert client_of(owner).post(url, {"refunds": "strict"})["Location"] == "/p/hill/"


def test_without_agreement_nothing_is_submitted(draft: Provider, owner: User) -> None:
    rotation = RotationFactory(provider=draft, state=RotationState.DRAFT, **_own(draft))
    url = f"/p/hill/rotations/{rotation.public_id}/submit"
    page = client_of(owner).post(url, {"refunds": "strict"})
    assert page.status_code == 422
    assert 'id="id_agreed-error"' in page.content.decode()
    assert client_of(owner).post(url, {"refunds": "mine", "agreed": "on"}).status_code == 422


def test_without_dates_nothing_is_submitted(draft: Provider, owner: User) -> None:
    rotation = RotationFactory(provider=draft, state=RotationState.DRAFT, **_own(draft))
    url = f"/p/hill/rotations/{rotation.public_id}/submit"
    page = client_of(owner).post(url, {"refunds": "strict", "agreed": "on"})
    assert page.status_code == 409
    assert "Offer at least one date" in page.content.decode()


def test_what_cannot_be_chosen_is_not_asked(draft: Provider, owner: User) -> None:
    placed(draft)
    text = client_of(owner).get("/p/hill/rotations/new").content.decode()
    assert '<select name="preceptor"' not in text
    PreceptorFactory(provider=draft)
    text = client_of(owner).get("/p/hill/rotations/new").content.decode()
    assert '<select name="preceptor"' in text


def test_both_are_submitted_or_neither(draft: Provider, owner: User) -> None:
    rotation = RotationFactory(provider=draft, state=RotationState.DRAFT, duties=[], **_own(draft))
    OpeningFactory(rotation=rotation)
    url = f"/p/hill/rotations/{rotation.public_id}/submit"
    page = client_of(owner).post(url, {"refunds": "strict", "agreed": "on"})
    assert page.status_code == 409
    draft.refresh_from_db()
    assert draft.state == ProviderState.DRAFT
    Rotation.objects.update(state=RotationState.IN_REVIEW)
    assert client_of(owner).get(url).status_code == 302


def _own(provider: Provider) -> dict[str, Any]:
    return {
        "site": SiteFactory(provider=provider),
        "preceptor": PreceptorFactory(provider=provider),
    }


@pytest.mark.parametrize(("people", "shown"), [(9, None), (12, (7, 12))])
def test_who_would_qualify_says_nothing_below_ten(
    people: int, shown: tuple[int, int] | None
) -> None:
    rotation = RotationFactory()
    RequirementFactory(rotation=rotation, kind="step1_passed", params={})
    RequirementFactory(rotation=rotation, kind="step2_passed", params={}, weight="wish")
    for number in range(people):
        ProfileFactory(step1_passed=number < 7)
    ProfileFactory(step1_passed=None)
    fit = who_would_qualify(rotation, dt.date(2026, 10, 5))
    assert (fit and (fit.fitting, fit.known)) == shown
    assert who_would_qualify(RotationFactory(), dt.date(2026, 10, 5)) is None
