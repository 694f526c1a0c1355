"""The saved list: in the session, with the person, and from the one to the other."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from rotations.discovery import actions, handlers
from rotations.discovery.guests import KEY
from rotations.discovery.models import SavedRotation
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.visits import client_of
from usce.accounts.models import User

pytestmark = pytest.mark.django_db
START = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100)


def opened(**fields: object) -> Rotation:
    rotation = RotationFactory(**fields)
    OpeningFactory(rotation=rotation, starts_on=START, ends_on=START + dt.timedelta(days=25))
    return rotation


def press(client: Client, name: str, rotation: Rotation, **told: str) -> Any:
    return client.post(reverse(f"discovery:{name}", args=[rotation.public_id]), told)


def shown(client: Client) -> list[str]:
    response = client.get("/saved")
    assert response.status_code == 200
    return [row.rotation.public_id for row in response.context["saved"].rows]


def browser(user: User | None) -> Client:
    return client_of(user) if user else Client()


@pytest.mark.parametrize("who", ["guest", "amina"])
def test_saved_twice_stands_once_and_leaves_when_removed(who: str, request: Any) -> None:
    client = browser(None if who == "guest" else request.getfixturevalue(who))
    first, second = opened(), opened()
    for rotation in (first, second, first, second):
        assert press(client, "save", rotation).status_code == 302
    assert shown(client) == [second.public_id, first.public_id]
    press(client, "unsave", second)
    press(client, "unsave", second)
    assert shown(client) == [first.public_id]


def test_page_of_the_rotation_offers_the_one_or_the_other(client: Client) -> None:
    rotation = opened()
    address = reverse("discovery:rotation", args=[rotation.public_id, rotation.slug])
    save, unsave = (
        reverse(f"discovery:{name}", args=[rotation.public_id]) for name in ("save", "unsave")
    )
    before = client.get(address).content.decode()
    assert (f'"{save}"' in before, f'"{unsave}"' in before) == (True, False)
    assert press(client, "save", rotation, back=address)["Location"] == address
    after = client.get(address).content.decode()
    assert (f'"{save}"' in after, f'"{unsave}"' in after) == (False, True)


def test_signing_in_joins_both_lists_without_doubles(client: Client, amina: User) -> None:
    old, both, new = opened(), opened(), opened()
    for rotation in (old, both):
        press(client_of(amina), "save", rotation)
    for rotation in (both, new):
        press(client, "save", rotation)
    client.force_login(amina)
    assert shown(client) == [new.public_id, both.public_id, old.public_id]
    assert KEY not in client.session


def test_list_of_one_person_is_not_anothers(amina: User, dora: User) -> None:
    rotation = opened()
    press(client_of(amina), "save", rotation)
    press(client_of(dora), "unsave", rotation)
    assert shown(client_of(dora)) == []
    assert shown(client_of(amina)) == [rotation.public_id]


def test_staff_keep_no_list(client: Client, chen: User) -> None:
    rotation = opened()
    assert press(client_of(chen), "save", rotation).status_code == 403
    assert press(client_of(chen), "unsave", rotation).status_code == 403
    press(client, "save", rotation)
    client.force_login(chen)
    assert not SavedRotation.objects.exists()


@pytest.mark.parametrize("state", [RotationState.DRAFT, RotationState.IN_REVIEW])
def test_what_is_not_public_cannot_be_saved(client: Client, bruno: User, state: str) -> None:
    rotation = opened(state=state)
    assert press(client, "save", rotation).status_code == 404
    assert press(client_of(bruno), "save", rotation).status_code == 404


@pytest.mark.parametrize("name", ["save", "unsave"])
def test_only_a_press_changes_the_list(client: Client, name: str) -> None:
    address = reverse(f"discovery:{name}", args=[opened().public_id])
    assert client.get(address).status_code == 405
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_way_back_never_leaves_the_site(client: Client, back: str) -> None:
    assert press(client, "save", opened(), back=back)["Location"] == "/saved"


@pytest.mark.parametrize("who", ["guest", "amina"])
def test_full_list_takes_no_more_and_says_so(
    who: str, request: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "MOST_SAVED", 1)
    monkeypatch.setattr(actions, "MOST_SAVED", 1)
    client = browser(None if who == "guest" else request.getfixturevalue(who))
    first, second = opened(), opened()
    press(client, "save", first)
    press(client, "save", second)
    assert "Remove one first" in client.get("/saved").content.decode()
    assert shown(client) == [first.public_id]


def test_joined_list_keeps_what_was_there_and_the_newest_that_fit(
    client: Client, amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, lost, new = opened(), opened(), opened()
    press(client_of(amina), "save", old)
    for rotation in (lost, new):
        press(client, "save", rotation)
    monkeypatch.setattr(actions, "MOST_SAVED", 2)
    client.force_login(amina)
    assert shown(client) == [new.public_id, old.public_id]


def test_paused_listing_stays_and_says_so(client: Client) -> None:
    rotation = opened(title="<b>Paused</b> {{7*7}}")
    press(client, "save", rotation)
    rotation.state = RotationState.PAUSED
    rotation.save()
    response = client.get("/saved")
    assert response.context["saved"].closed == [rotation]
    text = response.content.decode()
    assert "Take no applications at present" in text
    assert "<b>Paused" not in text


def test_empty_list_leads_to_the_search(client: Client) -> None:
    assert "Nothing is saved yet" in client.get("/saved").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number(
    amina: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(amina)
    for _n in range(count):
        press(client, "save", opened())
    client.get("/saved")
    with django_assert_num_queries(7):
        assert len(shown(client)) == count
