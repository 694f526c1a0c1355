"""Places and preceptors: errors at the field, nothing lost, look-ups that hold for one license."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from rotations.providers.actions import (
    Settled,
    return_provider,
    save_place,
    save_preceptor,
    submit_provider,
)
from rotations.providers.forms import NPI_WRONG, LearnersForm, preceptor_initial
from rotations.providers.models import Preceptor, Provider, Role, Shown, Site
from rotations.providers.states import ProviderState
from tests.factories.accounts import UserFactory
from tests.factories.providers import (
    MemberFactory,
    PreceptorFactory,
    ProviderFactory,
    SiteFactory,
)
from tests.factories.reference import SpecialtyFactory, StateFactory
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.notifications.models import Mail
from usce.reference.models import ZipPlace

pytestmark = pytest.mark.django_db
NPI = "1234567893"


@pytest.fixture
def draft(provider: Provider) -> Provider:
    Provider.objects.filter(pk=provider.pk).delete()
    return ProviderFactory(slug="lakeshore", state=ProviderState.DRAFT)


@pytest.fixture
def owner(draft: Provider) -> User:
    user = UserFactory()
    MemberFactory(provider=draft, user=user, role=Role.OWNER)
    return user


def place(**other: str) -> dict[str, str]:
    StateFactory()
    told = {
        "name": "Lakeshore <b>Group</b>", "kind": "hospital", "street": "1 Main St",
        "city": "Chicago", "region": "IL", "zip": "60601", "website": "https://lake.example",
    }  # fmt: skip
    return told | other


def physician(**other: str) -> dict[str, str]:
    StateFactory()
    SpecialtyFactory()
    told = {
        "name": "Daniel Ortiz", "credentials": "MD", "specialty": "internal-medicine",
        "npi": NPI, "license_state": "IL", "license_number": "036-1", "max_learners": "3",
        "email": "ortiz@example.test",
    }  # fmt: skip
    return told | other


def cleaned(told: dict[str, str]) -> dict[str, Any]:
    form = LearnersForm(told)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_place_is_saved_and_can_be_opened_again(owner: User, draft: Provider) -> None:
    client = client_of(owner)
    for name in ("Lakeshore <b>Group</b>", "Lakeshore Group"):
        saved = client.post("/p/lakeshore/start/place", place(name=name))
        assert saved["Location"] == "/p/lakeshore/start/preceptor"
    draft.refresh_from_db()
    assert (draft.name, draft.kind, draft.party.name) == ("Lakeshore Group", "hospital", draft.name)
    site = Site.objects.get()
    assert (site.kind, site.time_zone) == ("hospital", "America/Chicago")
    again = client.get("/p/lakeshore/start/place").content.decode()
    assert "1 Main St" in again
    assert "https://lake.example" in again


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "  "), ("kind", "school"), ("street", ""), ("region", "XX"), ("zip", "6060"),
     ("zip", "٦٠٦٠١"), ("website", "javascript:alert(1)")],
)  # fmt: skip
def test_error_stands_at_its_field_and_nothing_typed_is_lost(
    owner: User, field: str, value: str
) -> None:
    page = client_of(owner).post("/p/lakeshore/start/place", place(**{field: value}))
    assert page.status_code == 422
    text = page.content.decode()
    assert f'id="id_{field}-error"' in text
    assert "Chicago" in text
    assert "<b>Group" not in text
    assert not Site.objects.exists()


def test_zip_of_another_state_is_told_and_its_zone_is_taken(owner: User) -> None:
    texas = StateFactory(code="TX", name="Texas")
    ZipPlace.objects.create(
        zip="79901", city="El Paso", state=texas, latitude=31, longitude=-106,
        time_zone="America/Denver", source="t", checked_on=dt.date(2026, 1, 1),
    )  # fmt: skip
    page = client_of(owner).post("/p/lakeshore/start/place", place(zip="79901"))
    assert "ZIP 79901 lies in Texas, not in Illinois." in page.content.decode()
    told = place(zip="79901", region="TX", city="El Paso")
    assert client_of(owner).post("/p/lakeshore/start/place", told).status_code == 302
    assert Site.objects.get().time_zone == "America/Denver"


def test_what_staff_look_at_does_not_change_behind_them(
    bruno: User, provider: Provider, now: dt.datetime
) -> None:
    with pytest.raises(Settled):
        save_place(provider, {}, actor=bruno, now=now)
    page = client_of(bruno).post("/p/lakeshore/start/place", place())
    assert page.status_code == 409


@pytest.mark.parametrize("npi", ["1234567890", "123", "12345678931", "abcdefghij"])
def test_impossible_npi_gets_a_clear_sentence(owner: User, npi: str) -> None:
    page = client_of(owner).post("/p/lakeshore/start/preceptor", physician(npi=npi))
    assert page.status_code == 422
    assert NPI_WRONG in page.content.decode()
    assert "036-1" in page.content.decode()


def test_preceptor_is_asked_once_however_often_the_step_is_saved(owner: User) -> None:
    client = client_of(owner)
    for _ in range(2):
        assert client.post("/p/lakeshore/start/preceptor", physician()).status_code == 302
    assert Preceptor.objects.get().npi == NPI
    assert Mail.objects.get().address == "ortiz@example.test"


def test_other_license_is_looked_up_anew_and_other_name_asked_anew(
    bruno: User, provider: Provider, now: dt.datetime
) -> None:
    found = PreceptorFactory(
        provider=provider, npi=NPI, license_number="036-1", license_checked_on=now.date(),
        license_source="IDFPR", shown=Shown.PUBLIC, email="ortiz@example.test",
    )  # fmt: skip

    def save(**other: str) -> Preceptor:
        told = cleaned(physician(**other))
        return save_preceptor(provider, told, preceptor=found, actor=bruno, now=timezone.now())

    assert save(max_learners="2").license_checked_on == now.date()
    assert found.shown == Shown.PUBLIC
    assert save(license_number="036-2").license_checked_on is None
    assert found.shown == Shown.PUBLIC
    assert save(license_number="036-2", email="new@example.test").shown == Shown.IN_OFFER
    assert Mail.objects.get().address == "new@example.test"
    said = str(AuditEntry.objects.values_list("changes", flat=True))
    assert "new@example.test" not in said
    assert "036-2" not in said


def test_one_npi_stands_in_the_list_once(bruno: User, provider: Provider) -> None:
    PreceptorFactory(provider=provider, npi=NPI)
    page = client_of(bruno).post("/p/lakeshore/preceptors/new", physician())
    assert page.status_code == 409
    assert preceptor_initial(Preceptor.objects.get())["npi"] == NPI


def test_further_sites_and_preceptors_are_added_and_changed(
    bruno: User, provider: Provider
) -> None:
    client = client_of(bruno)
    assert client.post("/p/lakeshore/preceptors/new", physician()).status_code == 302
    told = place(kind="office", name="Second <script>office</script>")
    assert client.post("/p/lakeshore/sites/new", told).status_code == 302
    site, preceptor = Site.objects.get(), Preceptor.objects.get()
    for path in (f"sites/{site.public_id}", f"preceptors/{preceptor.public_id}"):
        assert client.get(f"/p/lakeshore/{path}").status_code == 200
    asked = client.post(f"/p/lakeshore/preceptors/{preceptor.public_id}/ask")
    assert asked.status_code == 302
    team = client.get("/p/lakeshore/team").content.decode()
    assert "Second" in team
    assert "<script>office" not in team


def test_things_of_another_provider_are_not_here(bruno: User, provider: Provider) -> None:
    client = client_of(bruno)
    assert client.get(f"/p/lakeshore/sites/{SiteFactory().public_id}").status_code == 404
    other = PreceptorFactory().public_id
    assert client.get(f"/p/lakeshore/preceptors/{other}").status_code == 404


@pytest.mark.parametrize("role", ["scheduler", "preceptor", "finance"])
@pytest.mark.parametrize("path", ["start/place", "start/preceptor", "sites/new", "preceptors/new"])
def test_others_of_the_team_change_no_place(provider: Provider, role: str, path: str) -> None:
    member = MemberFactory(provider=provider, role=role)
    assert client_of(member.user).post(f"/p/lakeshore/{path}").status_code == 403


def test_team_page_works_for_its_owner_only(bruno: User, provider: Provider) -> None:
    client, helper = client_of(bruno), MemberFactory(provider=provider, role="finance")
    invited = client.post("/p/lakeshore/team/invite", {"email": "n@example.test", "role": "owner"})
    assert invited.status_code == 302
    assert client.post("/p/lakeshore/team/invite", {"email": "n", "role": "x"}).status_code == 422
    again = client.post("/p/lakeshore/team/invite", {"email": bruno.email, "role": "owner"})
    assert again.status_code == 409
    person = f"/p/lakeshore/team/{helper.user.public_id}"
    assert client.post(f"{person}/role", {"role": "x"}).status_code == 422
    assert client.post(f"{person}/role", {"role": "scheduler"}).status_code == 302
    own = f"/p/lakeshore/team/{bruno.public_id}"
    assert client.post(f"{own}/remove").status_code == 409
    invitation = provider.invitations.get()
    taken = client.post(f"/p/lakeshore/team/invitations/{invitation.public_id}/revoke")
    assert taken.status_code == 302
    assert client_of(helper.user).post(f"{own}/remove").status_code == 403
    assert "Invite somebody" not in client_of(helper.user).get("/p/lakeshore/team").content.decode()
    assert client.post(f"{person}/remove").status_code == 302
    assert client_of(helper.user).get("/p/lakeshore/team").status_code == 404


def test_returned_organization_is_handed_in_again(owner: User, draft: Provider) -> None:
    vera = UserFactory(staff_roles=["verifier"])
    now = timezone.now()
    SiteFactory(provider=draft)
    submit_provider(draft, actor=owner, now=now)
    return_provider(draft, reason="Which <b>building</b>?", actor=vera, now=now)
    client = client_of(owner)
    assert 'href="/p/lakeshore/team"' in client.get("/p/lakeshore/").content.decode()
    text = client.get("/p/lakeshore/team").content.decode()
    assert "Hand it in again" in text
    assert "<b>building" not in text
    assert client.post("/p/lakeshore/team/submit").status_code == 302
    draft.refresh_from_db()
    assert draft.state == ProviderState.SUBMITTED
    assert client.post("/p/lakeshore/team/submit").status_code == 409
    assert "Hand it in again" not in client.get("/p/lakeshore/team").content.decode()
