"""A kept page is the same for all visitors but for the token, and never a person's."""

import re
from typing import Any

import pytest
from django.test import Client

from rotations.catalog.models import Rotation
from tests.factories.catalog import OpeningFactory
from tests.factories.visits import client_of
from usce.accounts.models import User

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture(autouse=True)
def kept(settings: Any) -> None:
    settings.PAGE_CACHE_SECONDS = 60


@pytest.fixture
def rotation() -> Rotation:
    found: Rotation = OpeningFactory().rotation
    return found


def address(rotation: Rotation) -> str:
    return f"/rotations/{rotation.public_id}-{rotation.slug}"


def test_kept_page_costs_no_query(rotation: Rotation, django_assert_num_queries: Any) -> None:
    first = Client().get(address(rotation))
    with django_assert_num_queries(0):
        again = Client().get(address(rotation))
    assert TOKEN.sub("", again.content.decode()) == TOKEN.sub("", first.content.decode())
    assert again["Content-Type"] == first["Content-Type"]
    assert (again["Vary"], again["Cache-Control"]) == ("Cookie", "private, no-cache")
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_each_visitor_has_a_token_that_works(rotation: Rotation) -> None:
    Client().get(address(rotation))
    visitor = Client(enforce_csrf_checks=True)
    tokens = set(TOKEN.findall(visitor.get(address(rotation)).content.decode()))
    assert len(tokens) == 1
    save = f"/rotations/{rotation.public_id}/save"
    assert visitor.post(save, {"csrfmiddlewaretoken": tokens.pop()}).status_code == 302
    other = Client(enforce_csrf_checks=True)
    other.get(address(rotation))
    stolen = TOKEN.findall(visitor.get(address(rotation)).content.decode())[0]
    assert other.post(save, {"csrfmiddlewaretoken": stolen}).status_code == 403


def test_whoever_has_a_session_gets_her_own_page(rotation: Rotation, amina: User) -> None:
    Client().get(address(rotation))
    Rotation.objects.filter(pk=rotation.pk).update(title="A new title")
    assert "A new title" not in Client().get(address(rotation)).content.decode()
    page = client_of(amina).get(address(rotation)).content.decode()
    assert "A new title" in page
    assert "Amina Rahmān" in page
    assert "Amina" not in Client().get(address(rotation)).content.decode()


def test_answers_kept_in_the_session_show_at_once(rotation: Rotation) -> None:
    visitor = Client()
    visitor.get(address(rotation))
    visitor.post(f"/rotations/{rotation.public_id}/save")
    assert "Remove from saved" in visitor.get(address(rotation)).content.decode()
    assert "Remove from saved" not in Client().get(address(rotation)).content.decode()


def test_only_whole_good_pages_are_kept(rotation: Rotation) -> None:
    moved = f"/rotations/{rotation.public_id}-old-title"
    assert [Client().get(moved).status_code for _ in range(2)] == [301, 301]
    assert Client().get("/rotations/0000000000000000-none").status_code == 404
    fragment = Client().get("/rotations", headers={"HX-Request": "true"})
    assert "HX-Push-Url" in fragment
    assert "HX-Push-Url" not in Client().get("/rotations")


def test_returning_browser_gets_304(rotation: Rotation) -> None:
    visitor = Client()
    etag = visitor.get(address(rotation))["ETag"]
    assert visitor.get(address(rotation), headers={"If-None-Match": etag}).status_code == 304
    Rotation.objects.filter(pk=rotation.pk).update(title="A new title")
    other = Client().get(address(rotation), headers={"If-None-Match": etag})
    assert other.status_code == 200, "another visitor's token is another page"
