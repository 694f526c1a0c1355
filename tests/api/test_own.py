"""One's own things by a token or a session; nobody else's."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.catalog.models import Opening, Rotation
from rotations.catalog.terms import freeze_terms
from rotations.providers.models import Provider, Role
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.bookings import OfferFactory
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.providers import MemberFactory
from tests.factories.visits import client_of
from usce.accounts.models import ApiToken, User
from usce.accounts.tokens import MOST_TOKENS, TooManyTokens, make_token, revoke_token

pytestmark = pytest.mark.django_db
NOW = dt.datetime.now(dt.UTC)


def key_of(user: User, now: dt.datetime = NOW) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(user, 'test', actor=user, now=now)[1]}"}


@pytest.fixture
def application(amina: User) -> Application:
    found: Application = ApplicationFactory(applicant=amina, state=ApplicationState.FORWARDED)
    return found


def test_token_opens_ones_own_applications(
    client: Client, amina: User, dora: User, application: Application
) -> None:
    rows = client.get("/api/v1/applications", headers=key_of(amina)).json()["results"]
    assert [row["id"] for row in rows] == [application.public_id]
    path = f"/api/v1/applications/{application.public_id}"
    assert client.get(path, headers=key_of(amina)).json()["reference"] == application.reference
    assert client.get(path, headers=key_of(dora)).status_code == 404
    assert client.get(path).status_code == 401
    assert client.get(path)["WWW-Authenticate"] == "Bearer"


def test_withdrawing_is_the_pages_action(
    client: Client, amina: User, dora: User, application: Application
) -> None:
    path = f"/api/v1/applications/{application.public_id}/withdraw"
    assert client.post(path, headers=key_of(dora)).status_code == 404
    key = key_of(amina)
    assert client.post(path, headers=key).json()["state"] == "withdrawn"
    again = client.post(path, headers=key)
    assert again.status_code == 409
    assert again["Content-Type"] == "application/problem+json"


def test_session_needs_the_forms_token(amina: User, application: Application) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(amina)
    path = f"/api/v1/applications/{application.public_id}"
    assert client.get(path).status_code == 200
    assert client.post(f"{path}/withdraw").status_code == 403
    application.refresh_from_db()
    assert application.state == ApplicationState.FORWARDED


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer a b", "Bearer rounds_nothing", "Bearer \u00e9", "bearer x"]
)
def test_bad_token_is_401(client: Client, header: str) -> None:
    answer = client.get("/api/v1/rotations", headers={"Authorization": header})
    assert answer.status_code == 401


def test_ended_and_revoked_tokens_open_nothing(client: Client, amina: User) -> None:
    old = key_of(amina, NOW - dt.timedelta(days=366))
    assert client.get("/api/v1/applications", headers=old).status_code == 401
    token, secret = make_token(amina, "test", actor=amina, now=NOW)
    key = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/applications", headers=key).status_code == 200
    token.refresh_from_db()
    assert token.last_used_on == dt.datetime.now(dt.UTC).date()
    revoke_token(token, actor=amina, now=NOW)
    assert client.get("/api/v1/applications", headers=key).status_code == 401


def test_closed_account_and_new_staff_lose_their_tokens(client: Client, amina: User) -> None:
    key = key_of(amina)
    for change in ({"staff_roles": ["reviewer"]}, {"staff_roles": [], "is_active": False}):
        User.objects.filter(pk=amina.pk).update(**change)
        assert client.get("/api/v1/applications", headers=key).status_code == 401


def test_secret_is_not_kept(amina: User) -> None:
    token, secret = make_token(amina, "test", actor=amina, now=NOW)
    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert secret not in str(row)
    for _ in range(MOST_TOKENS - 1):
        make_token(amina, "more", actor=amina, now=NOW)
    with pytest.raises(TooManyTokens):
        make_token(amina, "one too many", actor=amina, now=NOW)


def test_staff_have_no_tokens(chen: User, amina: User) -> None:
    with pytest.raises(PermissionDenied):
        make_token(chen, "x", actor=chen, now=NOW)
    with pytest.raises(PermissionDenied):
        make_token(amina, "x", actor=chen, now=NOW)
    assert client_of(chen).get("/accounts/tokens").status_code == 403


def test_page_shows_a_key_once_and_takes_it_back(amina: User, dora: User) -> None:
    client = client_of(amina)
    page = client.post("/accounts/tokens", {"name": "<b>my script"}).content.decode()
    assert "rounds_" in page
    assert "&lt;b&gt;my script" in page
    assert "rounds_" not in client.get("/accounts/tokens").content.decode()
    token = ApiToken.objects.get()
    revoke = f"/accounts/tokens/{token.public_id}/revoke"
    assert client_of(dora).post(revoke).status_code == 404
    assert client.post(revoke).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at
    assert client.post("/accounts/tokens", {"name": ""}).status_code == 422


def test_offers_and_bookings_tell_frozen_terms(client: Client, amina: User) -> None:
    opening = OpeningFactory()
    application = ApplicationFactory(
        applicant=amina, opening=opening, rotation=opening.rotation, state="offered"
    )
    offer = OfferFactory(
        application=application, made_at=NOW,
        terms=freeze_terms(opening.rotation, opening, tax=None),
        expires_at=NOW + dt.timedelta(days=7),
    )  # fmt: skip
    Rotation.objects.update(price_cents=999_900)
    key = key_of(amina)
    (row,) = client.get("/api/v1/offers", headers=key).json()["results"]
    assert row["total_cents"] == offer.terms["total_cents"]
    declined = client.post(f"/api/v1/offers/{offer.public_id}/decline", headers=key)
    assert declined.json()["state"] == "declined"
    assert client.get("/api/v1/bookings", headers=key).json() == {"results": [], "next": None}


def post(client: Client, path: str, told: Any, key: dict[str, str]) -> Any:
    return client.post(path, json.dumps(told), content_type="application/json", headers=key)


def test_provider_adds_closes_and_cancels_dates(
    client: Client, provider: Provider, bruno: User
) -> None:
    rotation = RotationFactory(provider=provider)
    key, path = key_of(bruno), "/api/v1/providers/lakeshore/openings"
    monday = NOW.date() + dt.timedelta(days=98 - NOW.weekday())
    told = {"rotation": rotation.public_id, "first_on": f"{monday}", "blocks": 2, "seats": 3}
    made = post(client, path, told, key)
    assert [row["seats_left"] for row in made.json()] == [3, 3]
    assert post(client, path, told, key).status_code == 409
    assert (
        post(client, path, told | {"first_on": f"{monday + dt.timedelta(1)}"}, key).status_code
        == 409
    )
    listed = client.get(path, headers=key).json()["results"]
    assert {row["id"] for row in listed} == {row["id"] for row in made.json()}
    one = f"{path}/{listed[0]['id']}"
    assert client.post(f"{one}/close", headers=key).json()["state"] == "closed"
    assert client.post(f"{one}/reopen", headers=key).json()["state"] == "open"
    assert post(client, f"{one}/cancel", {}, key).json()["errors"] == {
        "reason": ["This field is required."]
    }
    assert post(client, f"{one}/cancel", {"reason": "No room."}, key).json()["state"] == "canceled"


@pytest.mark.parametrize(
    "change", [{"blocks": 0}, {"seats": "many"}, {"first_on": "soon"}, {"rotation": "../x"}]
)
def test_nonsense_is_refused_by_field(
    client: Client, provider: Provider, bruno: User, change: dict[str, Any]
) -> None:
    told = {"rotation": "0" * 16, "first_on": "2027-03-01", "blocks": 1, "seats": 1} | change
    answer = post(client, "/api/v1/providers/lakeshore/openings", told, key_of(bruno))
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(change)


def test_other_peoples_dates_are_not_there(
    client: Client, provider: Provider, bruno: User, dora: User
) -> None:
    foreign: Opening = OpeningFactory()
    path = f"/api/v1/providers/lakeshore/openings/{foreign.public_id}/close"
    assert client.post(path, headers=key_of(bruno)).status_code == 404
    own = "/api/v1/providers/lakeshore/openings"
    assert client.get(own, headers=key_of(dora)).status_code == 404
    helper = UserFactory()
    MemberFactory(provider=provider, user=helper, role=Role.FINANCE)
    assert client.get(own, headers=key_of(helper)).status_code == 403
    told = {
        "rotation": foreign.rotation.public_id,
        "first_on": "2027-03-01",
        "blocks": 1,
        "seats": 1,
    }
    assert post(client, own, told, key_of(bruno)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same(
    client: Client, amina: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        ApplicationFactory(applicant=amina)
    key = key_of(amina)
    client.get("/api/v1/applications", headers=key)
    with django_assert_num_queries(2):  # the token with its person, and the rows
        client.get("/api/v1/applications", headers=key)
