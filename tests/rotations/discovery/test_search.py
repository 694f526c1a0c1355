"""The search: what it finds, counts, says and keeps in its address."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from applicants.profiles.actions import save_facts
from rotations.catalog.models import Duty, PricePer, Rotation
from rotations.discovery.queries.found import Found
from rotations.providers.models import Provider
from tests.factories.catalog import OpeningFactory, RequirementFactory, RotationFactory
from tests.factories.providers import PreceptorFactory, SiteFactory
from tests.factories.reference import SpecialtyFactory, StateFactory, TaxRateFactory
from usce.accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime.now(dt.UTC)
START = NOW.date() + dt.timedelta(days=100)
HOSTILE = [
    "<script>alert(1)</script>",
    "\x00",
    "' OR 1=1 --",
    "%00%ff",
    "🩺" * 60,
    "a" * 5000,
    "&|!():*",
]


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def opened(starts_on: dt.date = START, *, weeks: int = 4, **fields: object) -> Rotation:
    rotation = RotationFactory(**fields)
    ends_on = starts_on + days(7 * weeks - 3)
    OpeningFactory(rotation=rotation, starts_on=starts_on, ends_on=ends_on)
    return rotation


def find(client: Client, **query: Any) -> Found:
    response = client.get("/rotations", query, follow=True)
    assert response.status_code == 200
    found: Found = response.context["found"]
    return found


def titles(client: Client, **query: Any) -> list[str]:
    return [row.rotation.title for row in find(client, **query).listing.rows]


def text(client: Client, **query: Any) -> str:
    return client.get("/rotations", query, follow=True).content.decode()


@pytest.fixture
def two(db: None) -> None:
    """One in Chicago, and one that differs from it in everything a filter can name."""
    opened(title="Here", summary="Stroke unit")
    far = opened(
        START + days(200),
        weeks=2,
        title="There",
        summary="Newborns",
        kind="externship",
        setting="inpatient",
        specialty=SpecialtyFactory(code="pediatrics", name="Pediatrics"),
        site=SiteFactory(city="Bayamón", region=StateFactory(code="PR", name="Puerto Rico")),
        price_cents=400_000,
    )
    Duty.objects.create(rotation=far, duty="exam", place="inpatient", level="assist")


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ({"q": "stroke"}, "Here"),
        ({"q": "newborn"}, "There"),
        ({"q": "bayamon pediatric"}, "There"),
        ({"q": "-newborns"}, "Here"),
        ({"kind": "externship"}, "There"),
        ({"specialty": "pediatrics"}, "There"),
        ({"state": "IL"}, "Here"),
        ({"city": "  BAYAMON "}, "There"),
        ({"city": "chicago"}, "Here"),
        ({"setting": "inpatient"}, "There"),
        ({"hands_on": "yes"}, "There"),
        ({"hands_on": "no"}, "Here"),
        ({"price": "1650"}, "Here"),
        ({"weeks": "3"}, "Here"),
        ({"earliest": START + days(1)}, "There"),
        ({"latest": START}, "Here"),
    ],
)
def test_each_filter_finds_what_it_names(
    two: None, client: Client, query: dict[str, Any], title: str
) -> None:
    assert titles(client, **query) == [title]


def test_values_of_one_filter_add_up(two: None, client: Client) -> None:
    assert len(titles(client, state=["IL", "PR"], hands_on=["yes", "no"])) == 2


def test_result_shows_the_soonest_dates_inside_the_window(client: Client) -> None:
    rotation = opened()
    for weeks in (10, 12, 40):
        start = START + days(7 * weeks)
        OpeningFactory(rotation=rotation, starts_on=start, ends_on=start + days(25))
    row = find(client, earliest=START + days(1), latest=START + days(100)).listing.rows[0]
    assert row.opening is not None
    assert (row.opening.starts_on, row.more) == (START + days(70), 1)
    assert f"?opening={row.opening.public_id}" in text(client, earliest=START + days(1))


def test_dates_without_a_seat_are_none(client: Client) -> None:
    rotation = opened()
    rotation.openings.update(taken=2)
    assert titles(client, earliest=START) == []
    assert "No open dates at present" in text(client)


def test_price_by_the_week_is_that_of_the_dates_looked_for(client: Client) -> None:
    rotation = opened(weeks=2, price_cents=100_000, price_per=PricePer.WEEK)
    OpeningFactory(rotation=rotation, starts_on=START + days(50), ends_on=START + days(75))
    assert len(titles(client, price=2150)) == 1
    assert titles(client, price=2150, earliest=START + days(1)) == []
    assert "$4,150.00" in text(client, earliest=START + days(1))
    assert "other dates from $2,150.00" in text(client, earliest=START + days(1))


@pytest.mark.parametrize(
    ("percent", "whole"),
    [("0.114", 1752), ("0.343", 1756)],  # 1,750.00 and 1.995 or 6.0025: to the cent 2 and 6
)
def test_price_looked_for_is_that_with_the_tax_to_the_cent(
    client: Client, percent: str, whole: int
) -> None:
    rotation = opened(weeks=4, price_cents=40_000, price_per=PricePer.WEEK, deposit_cents=40_000)
    OpeningFactory(rotation=rotation, starts_on=START + days(50), ends_on=START + days(61))
    TaxRateFactory(percent=Decimal(percent))
    assert len(titles(client, price=whole, earliest=START, latest=START)) == 1
    assert titles(client, price=whole - 1, earliest=START, latest=START) == []
    assert f"${whole:,}.00" in text(client, earliest=START)


def test_facets_leave_their_own_choice_out(two: None, client: Client) -> None:
    counts = find(client, kind="externship").counts
    kinds = {option.value: option.count for option in counts.facets["kind"].options}
    states = {option.value: option.count for option in counts.facets["state"].options}
    assert kinds == {"externship": 1, "observership": 1}
    assert states == {"PR": 1}
    assert counts.total == 1


def test_small_numbers_are_not_shown(client: Client) -> None:
    for _ in range(9):
        opened()
    opened(kind="externship")
    page = text(client)
    assert "<h1>10 rotations</h1>" in page
    assert 'number"></span>' in page
    assert "<h1>Rotations</h1>" in text(client, kind="externship")


def test_long_facet_folds_its_rare_values(client: Client) -> None:
    for number in range(12):
        opened(specialty=SpecialtyFactory(code=f"s-{number}", name=f"Specialty {number}"))
    facet = find(client, specialty="s-9").counts.facets["specialty"]
    assert (len(facet.first), len(facet.rest)) == (6, 6)
    assert "s-9" in {option.value for option in facet.first}
    assert "6 more" in text(client, specialty="s-9")


def test_empty_result_names_the_filter_that_frees_most(two: None, client: Client) -> None:
    opened(title="Third")
    page = text(client, q="stroke", state="PR", hands_on="no")
    assert "No rotation fits" in page
    assert 'Without <strong dir="auto">Puerto Rico</strong>, 1 rotation fits.' in page
    assert 'href="/rotations?q=stroke&amp;hands_on=no"' in page


def test_empty_result_says_when_no_one_filter_is_to_blame(two: None, client: Client) -> None:
    assert "several do" in text(client, q="zebra", city="Nowhere")


def test_empty_catalogue_says_so(client: Client) -> None:
    assert "No rotation is public yet" in text(client)


def test_words_that_stop_every_search_are_named(two: None, client: Client) -> None:
    assert "“the of”" in text(client, q="the of")


def test_address_has_one_form(client: Client) -> None:
    response = client.get(
        "/rotations?state=il&price=&kind=observership&kind=x&utm=1&state=IL&q=+a++b+"
    )
    assert response["Location"] == "/rotations?q=a+b&kind=observership&state=IL"


def test_unreadable_date_is_said_and_the_rest_is_kept(two: None, client: Client) -> None:
    page = text(client, latest="31/31/2027", kind="externship")
    assert "Write the day as year-month-day, for example 2027-03-31." in page
    assert titles(client, latest="31/31/2027", kind="externship") == ["There"]
    assert 'aria-invalid="true"' in page


def test_window_that_ends_before_it_begins_is_said(client: Client) -> None:
    opened()
    page = text(client, earliest=START, latest=START - days(1))
    assert "This day lies before the first one." in page
    assert len(titles(client, earliest=START, latest=START - days(1))) == 1


@pytest.mark.parametrize("value", ["-1", "0", "9" * 400, "1e9", "٣", "NaN", "1.5"])
@pytest.mark.parametrize("name", ["price", "weeks"])
def test_impossible_numbers_stay_beside_their_field(client: Client, name: str, value: str) -> None:
    opened()
    response = client.get("/rotations", {name: value}, follow=True)
    assert response.status_code == 200
    assert len(response.context["found"].listing.rows) in (0, 1)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "name",
    [
        *("q", "qualify", "kind", "specialty", "state", "earliest", "latest", "price", "city"),
        *("weeks", "setting", "hands_on", "sort", "after", "q[]", "kind[0]"),
    ],
)
def test_hostile_values_are_only_words(two: None, client: Client, name: str, value: str) -> None:
    response = client.get("/rotations", {name: [value, value]}, follow=True)
    assert response.status_code == 200
    assert len(response.redirect_chain) <= 2
    assert "<script>alert" not in response.content.decode()


def test_sorts(client: Client) -> None:
    opened(START + days(9), title="Later, cheap", price_cents=60_000)
    opened(title="Soon, dear")
    RotationFactory(title="Undated", price_cents=80_000)
    assert titles(client) == ["Soon, dear", "Later, cheap", "Undated"]
    assert titles(client, sort="price") == ["Later, cheap", "Undated", "Soon, dear"]
    assert titles(client, sort="nonsense") == titles(client)


def test_best_match_follows_its_own_words(client: Client, amina: User) -> None:
    checked = PreceptorFactory(license_checked_on=NOW.date() - days(30))
    opened(title="Refuses").requirements.create(kind="step1_passed", params={})
    opened(title="Asks").requirements.create(kind="ecfmg_certified", params={})
    opened(title="Old license")
    opened(START + days(30), title="Fits", preceptor=checked)
    save_facts(amina, {"step1_passed": False}, actor=amina, now=NOW)
    client.force_login(amina)
    assert titles(client, sort="match") == ["Fits", "Old license", "Asks", "Refuses"]
    page = text(client, sort="match")
    assert "How best match is ordered" in page
    assert "License looked up by staff on" in page


@pytest.mark.parametrize("sort", ["soonest", "price", "match"])
@pytest.mark.parametrize("window", [{}, {"earliest": str(START)}])
def test_pages_lose_and_repeat_nothing(client: Client, sort: str, window: dict[str, str]) -> None:
    for number in range(53):
        opened(START + days(number % 4), price_cents=100_000 + number % 3, title=str(number))
    if not window:
        RotationFactory(title="undated")
    seen: list[str] = []
    query = {"sort": sort, **window}
    address = "/rotations"
    while address:
        response = client.get(address, query, follow=True)
        seen += [row.rotation.title for row in response.context["found"].listing.rows]
        address, query = (
            response.context["next_url"] and f"/rotations{response.context['next_url']}",
            {},
        )
    assert len(seen) == len(set(seen)) == 54 - len(window)


def test_cursor_of_another_order_gives_the_first_page(client: Client) -> None:
    for _ in range(26):
        opened()
    cursor = client.get("/rotations").context["next_url"].partition("after=")[2]
    response = client.get(f"/rotations?sort=price&after={cursor}")
    assert len(response.context["found"].listing.rows) == 25


FACTS = {
    "status": "student",
    "graduation_year": START.year - 6,
    "step1_passed": False,
    "visa": "esta",
}
RULES = [
    ("applicant_status", {"allowed": ["graduate"]}),
    ("graduation_within_years", {"years": 5}),
    ("step1_passed", {}),
    ("visa_accepted", {"accepted": ["b1_b2"]}),
]


@pytest.mark.parametrize(("kind", "params"), RULES)
def test_qualify_leaves_out_what_a_known_fact_rules_out(
    client: Client, amina: User, kind: str, params: dict[str, Any]
) -> None:
    opened(title="Open to all")
    RequirementFactory(rotation=opened(title="Refuses"), kind=kind, params=params)
    RequirementFactory(rotation=opened(title="Wishes"), kind=kind, params=params, weight="wish")
    client.force_login(amina)
    assert len(titles(client, qualify="yes")) == 3
    save_facts(amina, FACTS, actor=amina, now=NOW)
    assert titles(client, qualify="yes") == ["Open to all", "Wishes"]
    assert len(titles(client)) == 3


def test_qualify_agrees_with_the_verdict_on_every_row(client: Client, amina: User) -> None:
    for kind, params in RULES:
        RequirementFactory(rotation=opened(), kind=kind, params=params)
    save_facts(amina, FACTS | {"status": "graduate"}, actor=amina, now=NOW)
    client.force_login(amina)
    every, fitting = find(client).listing.rows, find(client, qualify="yes").listing.rows
    expected = [r.rotation.pk for r in every if r.verdict and r.verdict.outcome != "cannot_apply"]
    assert [row.rotation.pk for row in fitting] == expected
    assert len(expected) == 1


def test_qualify_looks_at_the_year_of_the_dates(client: Client, amina: User) -> None:
    first = dt.date(NOW.year + 1, 6, 1)
    rotation = opened(first)
    RequirementFactory(rotation=rotation, params={"years": 5})
    later = first.replace(year=NOW.year + 2)
    OpeningFactory(rotation=rotation, starts_on=later, ends_on=later)
    save_facts(amina, {"graduation_year": NOW.year - 4}, actor=amina, now=NOW)
    client.force_login(amina)
    assert len(titles(client, qualify="yes")) == 1
    assert titles(client, qualify="yes", earliest=first + days(1)) == []


def test_missing_facts_are_named_and_asked_with_one_link(client: Client) -> None:
    rotation = opened()
    RequirementFactory(rotation=rotation)
    page = text(client, qualify="yes", kind="observership")
    assert "We do not know your year of graduation." in page
    link = "/check?qualify=yes&amp;kind=observership"
    assert f'href="{link}"' in page
    response = client.post(link.replace("&amp;", "&"), {"graduation_year": str(START.year)})
    assert response["Location"] == "/rotations?qualify=yes&kind=observership"
    assert "We do not know" not in text(client, qualify="yes")


def test_questions_come_back_with_what_was_typed(client: Client) -> None:
    response = client.post("/check", {"graduation_year": "soon"})
    assert response.status_code == 422
    assert 'value="soon"' in response.content.decode()


def test_crawlers_index_the_plain_list_alone(two: None, client: Client) -> None:
    plain, filtered = text(client), text(client, kind="externship", sort="price")
    assert "noindex" not in plain
    assert '<link rel="canonical" href="http://127.0.0.1:8000/rotations">' in plain
    assert '<meta name="robots" content="noindex, follow">' in filtered
    assert "/rotations?kind=externship&amp;sort=price" in filtered


def test_script_gets_the_page_and_its_true_address(client: Client) -> None:
    response = client.get("/rotations?price=&kind=observership", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == "/rotations?kind=observership"
    assert response.status_code == 200


@pytest.mark.parametrize("count", [1, 25, 100])
def test_full_search_costs_the_same_for_any_number_of_rows(
    client: Client, amina: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    provider: Provider = opened().provider
    for _ in range(count - 1):
        opened(provider=provider)
    save_facts(amina, {"graduation_year": 2024}, actor=amina, now=NOW)
    client.force_login(amina)
    query = {
        "q": "medicine", "qualify": "yes", "kind": "observership", "state": "IL",
        "earliest": str(START), "price": "9000", "sort": "match",
    }  # fmt: skip
    client.get("/rotations", query)
    with django_assert_num_queries(8):
        assert client.get("/rotations", query).status_code == 200
