"""Settings: one's own data, who saw it, a copy of it and its end; and what staff keep of it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from applicants.documents.kinds import DocumentKind
from rotations.providers.models import Provider
from tests.conftest import person
from tests.factories.documents import DocumentFactory
from tests.factories.papers import checked
from tests.factories.visits import client_of
from usce.accounts.actions import record_consent
from usce.accounts.models import StaffRole, User
from usce.accounts.queries import has_agreed
from usce.accounts.texts import HEALTH_PAPERS
from usce.audit.actions import record_access
from usce.files.states import BlobState
from usce.rights.actions import make_export
from usce.rights.models import DataExport, Erasure, LegalHold

pytestmark = pytest.mark.django_db


def fresh_client_of(user: User) -> Client:
    """Who has just given the password once more."""
    client = client_of(user)
    session = client.session
    at = timezone.now().timestamp()
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": at},
        {"method": "password", "at": at, "reauthenticated": True},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def test_three_tabs_under_one_roof(amina: User) -> None:
    client = client_of(amina)
    for page in ("/accounts/security", "/settings/notices", "/settings/privacy"):
        shown = client.get(page).content.decode()
        assert 'aria-label="Settings"' in shown
        assert f'<a href="{page}" aria-current="page">' in shown


def test_copy_is_asked_for_made_and_opened_after_the_password(amina: User, scanner: object) -> None:
    client = client_of(amina)
    client.post("/settings/privacy/export")
    assert "Being made" in client.get("/settings/privacy").content.decode()
    assert (
        "is being made already"
        in client.post("/settings/privacy/export", follow=True).content.decode()
    )
    export = DataExport.objects.get()
    path = f"/settings/privacy/export/{export.public_id}"
    assert fresh_client_of(amina).get(path).status_code == 404  # not yet
    make_export(export, now=timezone.now())
    assert path in client.get("/settings/privacy").content.decode()
    assert client.get(path)["Location"].startswith("/accounts/reauthenticate")
    answer = fresh_client_of(amina).get(path)
    assert b"".join(answer)[:2] == b"PK"


def test_nobody_else_opens_a_copy(amina: User, dora: User, chen: User) -> None:
    export = DataExport.objects.create(user=amina, asked_at=timezone.now())
    for other in (dora, chen):
        path = f"/settings/privacy/export/{export.public_id}"
        assert fresh_client_of(other).get(path).status_code == 404


def test_deletion_is_shown_planned_and_taken_back(amina: User) -> None:
    assert client_of(amina).get("/settings/privacy/delete").status_code == 302
    client = fresh_client_of(amina)
    assert (
        "What stays, without your name" in client.get("/settings/privacy/delete").content.decode()
    )
    assert client.post("/settings/privacy/delete", {}).status_code == 422
    client.post("/settings/privacy/delete", {"sure": "on"})
    assert Erasure.objects.get().canceled_at is None
    assert "is going to be deleted" in client.get("/settings/privacy").content.decode()
    assert client.post("/settings/privacy/delete", {"sure": "on"}).status_code == 409
    assert "Keep the account" in client.get("/settings/privacy/delete").content.decode()
    client.post("/settings/privacy/keep")
    assert Erasure.objects.get().canceled_at is not None
    assert client.post("/settings/privacy/keep").status_code == 409


def test_consent_to_health_papers_is_taken_back_with_the_papers(
    amina: User, scanner: object, now: dt.datetime
) -> None:
    today = dt.date(2026, 6, 1)
    paper = checked(amina, now, b"", DocumentKind.TB_TEST, issued_on=today)
    cv = DocumentFactory(owner=amina)
    client = client_of(amina)
    assert (
        "Take back the consent to health papers" in client.get("/settings/privacy").content.decode()
    )
    client.post("/settings/privacy/consent")
    assert not has_agreed(amina, "health_papers", HEALTH_PAPERS)
    paper.blob.refresh_from_db()
    cv.blob.refresh_from_db()
    assert (paper.blob.state, cv.blob.state) == (BlobState.ERASED, BlobState.QUARANTINED)
    shown = client.get("/settings/privacy").content.decode()
    assert "Taken back" in shown
    assert "Take back the consent" not in shown
    client.post("/settings/privacy/consent")
    assert amina.consents.filter(purpose="health_papers").count() == 2
    record_consent(amina, "health_papers", HEALTH_PAPERS, ip_address=None, now=now)
    assert has_agreed(amina, "health_papers", HEALTH_PAPERS)


def seen(owner: User, viewers: list[User], what: str, now: dt.datetime) -> None:
    paper = DocumentFactory(owner=owner)
    for viewer in viewers:
        record_access(what, paper, viewer=viewer, subject=owner, now=now)


@pytest.mark.parametrize("many", [1, 3])
def test_list_of_views_asks_the_same_whatever_its_length(
    amina: User, bruno: User, chen: User, now: dt.datetime, many: int,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for number in range(many):
        seen(amina, [bruno], f"Paper {number} opened", now)
    client = client_of(amina)
    client.get("/access")
    with django_assert_num_queries(6):
        shown = client.get("/access").content.decode()
    assert shown.count("Bruno Keller") == many


def test_views_by_paper_and_by_person(
    amina: User, bruno: User, provider: Provider, chen: User, now: dt.datetime
) -> None:
    seen(amina, [bruno, chen], "CV opened", now)
    seen(amina, [bruno], "CV downloaded", now)
    seen(amina, [chen], "TB test opened", now)
    client = client_of(amina)
    by_paper = client.get("/access?by=paper").content.decode()
    assert "?what=CV" in by_paper
    assert by_paper.index("TB test") > 0
    by_person = client.get("/access?by=viewer").content.decode()
    assert provider.name in by_person
    assert "Chen" not in by_person
    assert "Rounds staff" in by_person
    of_staff = client.get("/access?who=staff").content.decode()
    assert "Bruno" not in of_staff
    of_bruno = client.get(f"/access?who={bruno.public_id}&what=CV").content.decode()
    assert "Rounds staff" not in of_bruno
    assert "CV downloaded" in of_bruno
    assert "Nothing of this" in client.get("/access?what=Passport").content.decode()


def test_views_of_others_are_not_shown(
    amina: User, dora: User, bruno: User, now: dt.datetime
) -> None:
    seen(amina, [bruno], "CV opened", now)
    for page in (
        "/access",
        "/access?by=paper",
        "/access?by=viewer",
        f"/access?who={bruno.public_id}",
    ):
        assert "Bruno" not in client_of(dora).get(page).content.decode()


def test_views_go_on_by_key(amina: User, bruno: User, now: dt.datetime) -> None:
    for number in range(26):
        seen(amina, [bruno], f"Paper {number:02} opened", now)
    client = client_of(amina)
    first = client.get("/access?what=Paper")
    assert "Paper 25" in first.content.decode()
    assert "Paper 00" not in first.content.decode()
    address = first.context["next_url"]
    assert "what=Paper" in address
    assert "Paper 00" in client.get(f"/access{address}").content.decode()


@pytest.fixture
def trudy(db: None) -> User:
    return person("trudy@example.test", "Trudy Bell", staff_roles=[StaffRole.TRUST])


def test_trust_places_and_lifts_a_hold(amina: User, trudy: User) -> None:
    client = fresh_client_of(trudy)
    place = f"/staff/people/{amina.public_id}"
    assert "Nothing." in client.get(f"{place}/data").content.decode()
    ends_on = timezone.now().date() + dt.timedelta(days=30)
    client.post(f"{place}/hold", {"reason": "An inquiry runs.", "ends_on": ends_on})
    assert "An inquiry runs." in client.get(f"{place}/data").content.decode()
    late = timezone.now().date() + dt.timedelta(days=400)
    assert client.post(f"{place}/hold", {"reason": "x", "ends_on": late}).status_code == 409
    client.post(f"/staff/holds/{LegalHold.objects.get().public_id}/lift")
    assert LegalHold.objects.get().lifted_by == trudy
    told = fresh_client_of(amina).get("/settings/privacy/delete").content.decode()
    assert "An inquiry runs." not in told


def test_trust_closes_the_account_of_somebody_under_18(amina: User, trudy: User) -> None:
    client = fresh_client_of(trudy)
    place = f"/staff/people/{amina.public_id}"
    client.post(f"{place}/close")
    amina.refresh_from_db()
    assert not amina.is_active
    assert "the person is under 18" in client.get(f"{place}/data").content.decode()
    client.post(f"{place}/keep")
    amina.refresh_from_db()
    assert amina.is_active


def test_staff_cannot_delete_their_own_account(trudy: User) -> None:
    client = fresh_client_of(trudy)
    assert "An account of our staff" in client.get("/settings/privacy").content.decode()
    assert client.post("/settings/privacy/delete", {"sure": "on"}).status_code == 403
