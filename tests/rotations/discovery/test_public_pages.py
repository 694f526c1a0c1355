"""Pages that explain, the versioned texts, and what machines look for."""

import re
from typing import Any

import pytest
from django.test import Client

from rotations.catalog.models import Rotation
from rotations.catalog.presets import PRESETS
from rotations.catalog.states import RotationState
from rotations.discovery.views.pages import PAGES
from tests.factories.catalog import OpeningFactory
from usce.accounts.texts import TEXTS

pytestmark = pytest.mark.django_db
PATHS = [*PAGES, *TEXTS]


@pytest.mark.parametrize("name", PATHS)
def test_page_reads_no_database(client: Client, name: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        page = client.get(f"/{name}").content.decode()
    assert page.count("<h1") == 1
    assert re.search(rf'href="/{name}" aria-current="page"', page) or name in page


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("word", ["escrow", "guarantee", "Verified!", "HIPAA compliant", "!</"])
def test_page_promises_nothing_it_cannot_keep(client: Client, name: str, word: str) -> None:
    assert word.lower() not in client.get(f"/{name}").content.decode().lower()


@pytest.mark.parametrize("key", TEXTS)
def test_text_says_that_it_is_a_draft_and_lists_its_parts(client: Client, key: str) -> None:
    newest = TEXTS[key][0]
    page = client.get(f"/{key}").content.decode()
    assert "No lawyer has reviewed this text yet" in page
    assert newest.version in page
    ids = re.findall(r'<h2 id="([a-z-]+)"', page)
    assert len(ids) == len(set(ids)) > 1
    assert set(re.findall(r'<li><a href="#([a-z-]+)"', page)) in ({*ids}, set())
    assert client.get(f"/{key}/{newest.version}").status_code == 200
    assert client.get(f"/{key}/2020-01").status_code == 404


def test_refund_examples_are_computed(client: Client) -> None:
    page = client.get("/refunds").content.decode()
    for name, tiers, (visa, delay, illness) in PRESETS.values():
        assert f"<h2>{name}</h2>" in page
        assert f"at least: {visa} % if your visa is refused, {delay} % if" in page
        assert f"{illness} % if you fall ill" in page
        for _days, percent in tiers:
            assert f"${1650 * percent / 100:,.2f} ({percent} %)" in page


def test_fees_add_up(client: Client) -> None:
    page = client.get("/fees").content.decode()
    for sum_of in ("$1,500.00", "$150.00", "$1,650.00", "$495.00", "$1,155.00"):
        assert sum_of in page


def test_about_names_the_operator_or_says_that_nobody_is_named(
    client: Client, settings: Any
) -> None:
    assert "names no operator" in client.get("/about").content.decode()
    settings.COMPANY_NAME, settings.COMPANY_PEOPLE = "Rounds <Inc>", ["Mara Lind (director)"]
    page = client.get("/about").content.decode()
    assert "Rounds &lt;Inc&gt;" in page
    assert "Mara Lind (director)" in page


def test_security_txt_needs_an_address(client: Client, settings: Any) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.CONTACT_EMAIL = "security@rounds.example"
    text = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:security@rounds.example\n" in text
    assert "/disclosure\n" in text
    assert "mailto:security@rounds.example" in client.get("/disclosure").content.decode()
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$", text, re.MULTILINE)


def test_robots_keep_out_of_private_rooms(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /staff/\n" in text
    assert "/sitemap.xml" in text


def test_sitemap_names_public_rotations_only(client: Client) -> None:
    shown, hidden = OpeningFactory().rotation, OpeningFactory().rotation
    Rotation.objects.filter(pk=hidden.pk).update(state=RotationState.PAUSED)
    index = client.get("/sitemap.xml").content.decode()
    assert "/sitemap-rotations.xml" in index
    text = client.get("/sitemap-rotations.xml").content.decode()
    assert f"/rotations/{shown.public_id}-{shown.slug}" in text
    assert hidden.public_id not in text
    assert "/how-it-works" in client.get("/sitemap-pages.xml").content.decode()
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_sitemap_costs_the_same_for_three(client: Client, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        OpeningFactory()
    with django_assert_num_queries(2):
        client.get("/sitemap-rotations.xml")
