"""The door that an invitation opens: once, for one person, and not after it has ended."""

import datetime as dt
import re
from urllib.parse import quote

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from rotations.providers.actions import INVITATION_SCOPE, INVITATION_SUBJECT, invite_provider
from rotations.providers.models import Invitation, Member, Provider, Role
from tests.factories.accounts import UserFactory
from tests.factories.providers import InvitationFactory
from tests.factories.visits import client_of
from usce.accounts.models import ConsentRecord, User
from usce.links.actions import grant
from usce.links.models import Grant
from usce.notifications.actions import deliver
from usce.notifications.models import Mail

pytestmark = pytest.mark.django_db
TOLD = {
    "full_name": "Nora <i>Quist</i>",
    "title": "Program coordinator",
    "password": "seven wet otters",
    "agreed": "on",
}


@pytest.fixture
def asked(provider: Provider) -> Invitation:
    return InvitationFactory(provider=provider, email="nora@example.test")


def door(invitation: Invitation, scope: str = INVITATION_SCOPE) -> str:
    now = timezone.now()
    token = grant(
        scope,
        subject_type=INVITATION_SUBJECT,
        subject_id=invitation.pk,
        expires_at=now + dt.timedelta(days=14),
        now=now,
        uses=1,
    )
    return f"/d/invitation/{token}"


def test_looking_uses_nothing_up(client: Client, asked: Invitation) -> None:
    url = door(asked)
    for _ in range(2):
        page = client.get(url)
        assert page.status_code == 200
        assert page.content.decode().count('name="password"') == 1
    assert Grant.objects.get().uses_left == 1


def test_account_and_role_in_one_step_and_signed_in(client: Client, asked: Invitation) -> None:
    response = client.post(door(asked), TOLD)
    assert response["Location"] == f"/p/{asked.provider.slug}/"
    person = User.objects.get(email="nora@example.test")
    member = Member.objects.get(user=person)
    assert (member.role, member.title) == (Role.COORDINATOR, "Program coordinator")
    assert set(ConsentRecord.objects.values_list("purpose", flat=True)) == {"terms", "adult"}
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert "<i>Quist" not in page.content.decode()


def test_link_works_once(client: Client, asked: Invitation) -> None:
    url = door(asked)
    client.post(url, TOLD)
    for other in (client, Client()):
        assert other.get(url).status_code == 410
        assert other.post(url, TOLD).status_code == 410
    assert Member.objects.filter(provider=asked.provider).count() == 1


@pytest.mark.parametrize(
    ("missing", "value"),
    [("full_name", ""), ("title", " "), ("password", "short"), ("password", "nora@example.test"),
     ("agreed", "")],
)  # fmt: skip
def test_error_stands_at_its_field_and_nothing_is_used_up(
    client: Client, asked: Invitation, missing: str, value: str
) -> None:
    page = client.post(door(asked), {**TOLD, missing: value})
    assert page.status_code == 422
    assert f'id="id_{missing}-error"' in page.content.decode()
    assert Grant.objects.get().uses_left == 1
    assert not User.objects.filter(email="nora@example.test").exists()


def test_existing_account_signs_in_instead(client: Client, asked: Invitation) -> None:
    nora = UserFactory(email="Nora@example.test")
    url = door(asked)
    text = client.get(url).content.decode()
    assert f"?next={quote(url, safe='')}" in text
    assert 'name="password"' not in text
    assert client.post(url, TOLD).status_code == 200
    joined = client_of(nora).post(url, {"title": "Physician"})
    assert joined.status_code == 302
    assert Member.objects.get(provider=asked.provider).user == nora


@pytest.mark.parametrize("who", ["dora", "chen"])
def test_wrong_person_joins_nothing(
    asked: Invitation, who: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    url = door(asked)
    for response in (client_of(person).get(url), client_of(person).post(url, {"title": "x"})):
        assert response.status_code == 403
        assert "nora@example.test" not in response.content.decode()
    assert Grant.objects.get().uses_left == 1


@pytest.mark.parametrize("how", ["expired", "taken back", "unknown", "other scope"])
def test_ended_link_says_so(client: Client, asked: Invitation, how: str) -> None:
    url = door(asked, "providers.preceptor" if how == "other scope" else INVITATION_SCOPE)
    now = timezone.now()
    if how == "expired":
        Grant.objects.update(created_at=now - dt.timedelta(days=20), expires_at=now)
    if how == "taken back":
        Invitation.objects.update(ended_at=now)
    response = client.get(url[:-1] if how == "unknown" else url)
    assert response.status_code == 410
    assert "This invitation has ended" in response.content.decode()


def test_mail_of_staff_leads_the_first_owner_in(client: Client, now: dt.datetime) -> None:
    vera = UserFactory(staff_roles=["verifier"])
    invite_provider("Hillside Clinic", "nora@example.test", actor=vera, now=now)
    deliver(Mail.objects.get(), now=timezone.now())
    (sent,) = mail.outbox
    assert sent.subject == "Rounds invites you to Hillside Clinic on Rounds"
    path = re.search(r"/d/invitation/\S+", str(sent.body))
    assert path is not None
    assert client.post(path[0], TOLD).status_code == 302
    assert Member.objects.get().role == Role.OWNER


def test_staff_page_invites(now: dt.datetime) -> None:
    client = client_of(UserFactory(staff_roles=["verifier"]))
    assert client.get("/staff/providers/invite").status_code == 200
    assert client.post("/staff/providers/invite", {"name": "X"}).status_code == 422
    told = {"name": "Hillside", "email": "nora@example.test"}
    assert client.post("/staff/providers/invite", told).status_code == 302
    assert Invitation.objects.get().provider.name == "Hillside"


def test_whoever_has_an_account_begins_without_invitation(dora: User) -> None:
    client = client_of(dora)
    assert client.get("/for-providers/start").status_code == 200
    assert client.post("/for-providers/start", {"name": "Hillside"}).status_code == 422
    made = client.post("/for-providers/start", {"name": "Hillside", "title": "Physician"})
    assert made["Location"] == "/p/hillside/start/place"
    assert client.get(made["Location"]).status_code == 200
