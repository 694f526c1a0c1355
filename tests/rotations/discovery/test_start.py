"""The three questions of the first page."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.catalog import OpeningFactory, RotationFactory

pytestmark = pytest.mark.django_db
START = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100)


def test_first_page_search_leads_to_results_and_keeps_the_answer(client: Client) -> None:
    rotation = RotationFactory()
    OpeningFactory(rotation=rotation, starts_on=START, ends_on=START + dt.timedelta(days=25))
    month = f"{START:%Y-%m}"
    answers = {"specialty": "internal-medicine", "month": month, "status": "graduate"}
    response = client.post(reverse("discovery:start"), answers)
    assert response["Location"].startswith(
        f"/rotations?qualify=yes&specialty=internal-medicine&earliest={month}-01&latest={month}-"
    )
    assert client.session["facts"] == {"status": "graduate"}
    assert len(client.get(response["Location"]).context["found"].listing.rows) == 1
    assert '<option value="graduate" selected>' in client.get("/").content.decode()


def test_first_page_search_without_answers_shows_all(client: Client) -> None:
    assert client.post(reverse("discovery:start"))["Location"] == "/rotations"
    assert "facts" not in client.session


def test_first_page_search_refuses_what_it_did_not_offer(client: Client) -> None:
    response = client.post(reverse("discovery:start"), {"specialty": "x", "month": "2027-99"})
    assert response.status_code == 422
