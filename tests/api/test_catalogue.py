"""The catalogue by the API: what the pages show, in one shape, refused by name."""

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from rotations.discovery.queries.rows import PAGE
from tests.factories.catalog import OpeningFactory, RotationFactory

pytestmark = pytest.mark.django_db
START = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100)


def opening(**fields: Any) -> Any:
    return OpeningFactory(starts_on=START, ends_on=START + dt.timedelta(days=25), **fields)


@pytest.fixture
def rotation() -> Rotation:
    found: Rotation = opening().rotation
    return found


def test_search_gives_rows_as_the_page_does(client: Client, rotation: Rotation) -> None:
    answer = client.get("/api/v1/rotations")
    (row,) = answer.json()["results"]
    assert (row["id"], row["title"]) == (rotation.public_id, rotation.title)
    assert row["total_cents"] == rotation.net_cents(4)
    assert row["opening"]["starts_on"] == START.isoformat()
    assert answer.json()["next"] is None
    assert "pk" not in row


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("price=much", "price"), ("earliest=2027-13-01", "earliest"), ("kind=spa", "kind"),
        ("sort=newest", "sort"), ("qualify=maybe", "qualify"), ("limit=1000", "limit"),
        ("state=texas", "state"), ("weeks=0", "weeks"), ("q=" + "x" * 101, "q"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(client: Client, query: str, name: str) -> None:
    answer = client.get(f"/api/v1/rotations?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], list(problem["errors"])) == (400, [name])


def test_filters_are_those_of_the_page(client: Client, rotation: Rotation) -> None:
    kind = f"kind={rotation.kind}"
    other = "research" if rotation.kind != "research" else "elective"
    assert len(client.get(f"/api/v1/rotations?{kind}&kind={other}").json()["results"]) == 1
    assert client.get(f"/api/v1/rotations?kind={other}").json()["results"] == []


def test_pages_lead_on_by_key(client: Client) -> None:
    for _ in range(PAGE + 2):
        opening()
    first = client.get("/api/v1/rotations").json()
    second = client.get(first["next"]).json()
    ids = [row["id"] for row in first["results"] + second["results"]]
    assert len(ids) == len(set(ids)) == PAGE + 2
    assert second["next"] is None
    assert client.get("/api/v1/rotations?after=nonsense").json()["results"] == first["results"]


def test_one_rotation_with_its_rules(client: Client, rotation: Rotation) -> None:
    found = client.get(f"/api/v1/rotations/{rotation.public_id}").json()
    assert found["refund_policy"]["tiers"] == rotation.refund_policy.tiers
    assert len(found["requirements"]) == rotation.requirements.count()


def test_name_that_is_not_public_is_not_told(client: Client, rotation: Rotation) -> None:
    rotation.preceptor.shown = "in_offer"
    rotation.preceptor.save()
    found = client.get(f"/api/v1/rotations/{rotation.public_id}").json()
    assert rotation.preceptor.name not in str(found)


def test_draft_is_nobodys(client: Client) -> None:
    draft = RotationFactory(state=RotationState.DRAFT)
    for path in ("", "/openings"):
        answer = client.get(f"/api/v1/rotations/{draft.public_id}{path}")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"


def test_openings_come_soonest_first(client: Client, rotation: Rotation) -> None:
    later = OpeningFactory(rotation=rotation, starts_on=START + dt.timedelta(days=70),
                           ends_on=START + dt.timedelta(days=95))  # fmt: skip
    rows = client.get(f"/api/v1/rotations/{rotation.public_id}/openings").json()["results"]
    assert [row["starts_on"] for row in rows] == [START.isoformat(), later.starts_on.isoformat()]


def test_unchanged_answer_is_304(client: Client, rotation: Rotation) -> None:
    path = f"/api/v1/rotations/{rotation.public_id}"
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    Rotation.objects.filter(pk=rotation.pk).update(title="A new title")
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_search_costs_one_query(client: Client, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        opening()
    with django_assert_num_queries(1):
        client.get("/api/v1/rotations")


def test_too_many_requests_are_told_to_wait(client: Client) -> None:
    cache.clear()
    answers = [client.get("/api/v1/rotations?after=x") for _ in range(61)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert answers[-1]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_catalogue_is_only_read(client: Client, method: str) -> None:
    assert getattr(client, method)("/api/v1/rotations").status_code == 405
