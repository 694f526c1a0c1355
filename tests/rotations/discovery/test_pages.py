import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from applicants.profiles.actions import save_facts
from applicants.profiles.queries import facts_of, profile_for
from rotations.catalog.models import Opening, Rotation
from rotations.catalog.states import RotationState
from rotations.providers.models import Provider, Shown
from tests.factories.catalog import OpeningFactory, RequirementFactory, RotationFactory
from tests.factories.providers import PreceptorFactory
from tests.factories.visits import client_of
from usce.accounts.models import User

pytestmark = pytest.mark.django_db
TODAY = dt.datetime.now(dt.UTC).date()
START = TODAY + dt.timedelta(days=100)


def opened(**fields: object) -> Rotation:
    rotation = RotationFactory(**fields)
    OpeningFactory(rotation=rotation, starts_on=START, ends_on=START + dt.timedelta(days=25))
    RequirementFactory(rotation=rotation)
    return rotation


def address(rotation: Rotation) -> str:
    return reverse("discovery:rotation", args=[rotation.public_id, rotation.slug])


def page(client: Client, rotation: Rotation, query: str = "") -> str:
    response = client.get(address(rotation) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_home_shows_the_newest_without_counting(client: Client) -> None:
    opened(title="Cardiology weeks")
    text = client.get("/").content.decode()
    assert "Cardiology weeks" in text
    assert "1 rotation" not in text


def test_home_of_an_empty_catalogue_says_so(client: Client) -> None:
    assert "No rotation is public yet" in client.get("/").content.decode()


def test_row_names_place_dates_seats_and_whole_price(client: Client) -> None:
    opened()
    text = client.get("/rotations").content.decode()
    for words in ("Chicago", "2 seats left", "$1,650.00", "for 4 weeks", "Daniel Ortiz, MD"):
        assert words in text


def test_row_without_dates_says_so(client: Client) -> None:
    RotationFactory()
    assert "No open dates at present" in client.get("/rotations").content.decode()


def test_row_tells_the_verdict_once_facts_are_known(client: Client) -> None:
    rotation = opened()
    client.post(reverse("discovery:check", args=[rotation.public_id]), {"graduation_year": "1990"})
    text = client.get("/rotations").content.decode()
    assert "your graduation year is 1990." in text


@pytest.mark.parametrize("has_devstack", [True, False])
def test_demo_listings_say_so_once(
    client: Client, provider: Provider, settings: Any, has_devstack: bool
) -> None:
    """The banner of a demonstration says it; elsewhere the listing has to."""
    settings.HAS_DEVSTACK = has_devstack
    Provider.objects.update(is_demo=True)
    text = page(client, opened(provider=provider))
    assert "Demo</span>" in text
    assert ("An invented listing" in text) is not has_devstack


@pytest.mark.parametrize(("days", "words"), [(30, "next check"), (-30, "a new look-up was due on")])
def test_license_says_when_it_is_looked_up_again(client: Client, days: int, words: str) -> None:
    rotation = opened()
    rotation.preceptor.license_checked_on = TODAY - dt.timedelta(days=300)
    rotation.preceptor.license_next_check_on = TODAY + dt.timedelta(days=days)
    rotation.preceptor.save()
    assert words in page(client, rotation)


def test_refunds_that_have_passed_say_that_nothing_comes_back(client: Client) -> None:
    rotation, soon = RotationFactory(), TODAY + dt.timedelta(days=3)
    OpeningFactory(rotation=rotation, starts_on=soon, ends_on=soon + dt.timedelta(days=25))
    assert "from today on" in page(client, rotation)


@pytest.mark.parametrize("count", [1, 3, 25])
def test_list_costs_the_same_for_any_number_of_rows(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        opened()
    client.get("/rotations")
    with django_assert_num_queries(2):
        assert client.get("/rotations").content.decode().count('<li class="result">') == count


@pytest.mark.parametrize("count", [1, 3, 25])
def test_page_costs_the_same_for_any_number_of_dates(
    client: Client, amina: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rotation = opened()
    for week in range(1, count):
        start = START + dt.timedelta(weeks=week)
        OpeningFactory(rotation=rotation, starts_on=start, ends_on=start)
    client.force_login(amina)
    page(client, rotation)
    with django_assert_num_queries(12):
        page(client, rotation)


def test_pages_follow_each_other_without_loss(client: Client) -> None:
    for number in range(27):
        opened(title=f"Rotation {number:02d}")
    first = client.get("/rotations")
    second = client.get("/rotations" + first.context["next_url"])
    ids = [row.rotation.pk for r in (first, second) for row in r.context["found"].listing.rows]
    assert ids == list(Rotation.objects.order_by("pk").values_list("pk", flat=True))
    assert second.context["next_url"] == ""


@pytest.mark.parametrize("cursor", ["x", "WyJub3BlIiwxXQ:bad:sig", "\x00", "a" * 5000])
def test_bad_cursor_gives_the_first_page(client: Client, cursor: str) -> None:
    opened()
    found = client.get("/rotations", {"after": cursor}).context["found"]
    assert len(found.listing.rows) == 1


def test_old_slug_moves_for_good(client: Client) -> None:
    rotation = opened()
    response = client.get(f"/rotations/{rotation.public_id}-old-name?opening=x")
    assert (response.status_code, response["Location"]) == (301, address(rotation) + "?opening=x")


def test_unknown_rotation_is_404(client: Client) -> None:
    assert client.get("/rotations/0000000000000000-x").status_code == 404


@pytest.mark.parametrize(
    ("state", "words"),
    [(RotationState.PAUSED, "takes no new applications"), ("archived", "No longer offered")],
)
def test_page_of_what_has_ended_says_so(client: Client, state: str, words: str) -> None:
    text = page(client, opened(state=state))
    assert words in text
    assert "Apply</" not in text


def test_draft_is_shown_to_its_team_alone(client: Client, bruno: User, provider: Provider) -> None:
    rotation = opened(provider=provider, state=RotationState.DRAFT)
    assert client.get(address(rotation)).status_code == 404
    client.force_login(bruno)
    assert "Not public" in page(client, rotation)


def test_page_gives_refunds_in_money_and_dates(client: Client) -> None:
    text = page(client, opened())
    assert "$1,650.00 (100 %)" in text
    assert "$825.00 (50 %)" in text
    assert "never sold or promised" in text


def test_page_shows_no_refund_whose_day_has_passed(client: Client) -> None:
    rotation = RotationFactory()
    soon = TODAY + dt.timedelta(days=20)
    OpeningFactory(rotation=rotation, starts_on=soon, ends_on=soon)
    text = page(client, rotation)
    assert "(100 %)" not in text
    assert "$412.50 (25 %)" in text
    assert "due once the seat is confirmed" in text


def test_page_names_the_preceptor_as_he_allowed(client: Client, dora: User) -> None:
    rotation = opened()
    rotation.preceptor.shown = Shown.SIGNED_IN
    rotation.preceptor.save()
    assert "Daniel Ortiz" not in page(client, rotation)
    client.force_login(dora)
    assert "Daniel Ortiz, MD" in page(client, rotation)


def test_page_says_when_and_where_the_license_was_looked_up(client: Client) -> None:
    preceptor = PreceptorFactory(
        license_checked_on=dt.date(2026, 5, 2), license_source="state board"
    )
    text = page(client, opened(preceptor=preceptor))
    assert "looked up by staff on 2 May 2026 (state board)" in text
    assert "DEMO-0001" not in text
    assert preceptor.email not in text


def test_page_of_full_dates_offers_no_apply(client: Client) -> None:
    rotation = opened()
    Opening.objects.update(taken=2)
    assert "No open dates at present" in page(client, rotation)


def test_page_chooses_the_dates_asked_for(client: Client) -> None:
    rotation = opened()
    later = START + dt.timedelta(weeks=8)
    other = OpeningFactory(rotation=rotation, starts_on=later, ends_on=later)
    response = client.get(address(rotation), {"opening": other.public_id})
    assert response.context["detail"].chosen.opening == other


def test_free_rotation_says_nothing_is_paid(client: Client) -> None:
    text = page(client, opened(price_cents=0, platform_fee_cents=0, deposit_cents=0))
    assert "This rotation is free" in text


def test_listing_without_rules_says_so(client: Client) -> None:
    assert "names no conditions" in page(client, RotationFactory())


def test_hostile_words_stay_words(client: Client) -> None:
    text = page(client, opened(title="<script>alert(1)</script>{{ 7|add:7 }}"))
    assert "<script>alert" not in text
    assert "{{ 7|add:7 }}" in text


def test_check_without_account_keeps_answers_in_the_session(client: Client) -> None:
    rotation = opened()
    url = reverse("discovery:check", args=[rotation.public_id])
    response = client.post(url, {"graduation_year": str(START.year), "visa": "esta"})
    assert response["Location"] == address(rotation) + "#qualify"
    assert client.session["facts"] == {"graduation_year": START.year}
    assert "You can apply." in page(client, rotation)


def test_page_offers_no_apply_against_an_unmet_rule(client: Client) -> None:
    rotation = opened()
    assert "Apply</" in page(client, rotation)
    client.post(reverse("discovery:check", args=[rotation.public_id]), {"graduation_year": "1990"})
    text = page(client, rotation)
    assert "Apply</" not in text
    assert "Change my answers" in text


def test_check_of_nonsense_comes_back_with_the_form(client: Client) -> None:
    rotation = opened()
    url = reverse("discovery:check", args=[rotation.public_id])
    response = client.post(url, {"graduation_year": "soon"})
    assert response.status_code == 422
    assert "facts" not in client.session


def test_check_when_signed_in_keeps_answers_with_the_person(client: Client, amina: User) -> None:
    rotation = opened()
    client.force_login(amina)
    url = reverse("discovery:check", args=[rotation.public_id])
    client.post(url, {"graduation_year": "1990"})
    assert facts_of(profile_for(amina)) == {"graduation_year": 1990}
    assert "facts" not in client.session


def test_facts_of_the_profile_answer_the_page(client: Client, amina: User) -> None:
    save_facts(amina, {"graduation_year": START.year}, actor=amina, now=dt.datetime.now(dt.UTC))
    client.force_login(amina)
    assert "You can apply." in page(client, opened())


def test_staff_may_try_the_check_without_a_profile(chen: User) -> None:
    rotation, client = opened(), client_of(chen)
    client.post(reverse("discovery:check", args=[rotation.public_id]), {"graduation_year": "1990"})
    assert profile_for(chen) is None
    assert client.session["facts"] == {"graduation_year": 1990}


def test_check_refuses_get(client: Client) -> None:
    assert client.get(reverse("discovery:check", args=[opened().public_id])).status_code == 405


def test_every_status_has_a_meaning(client: Client) -> None:
    text = client.get("/statuses").content.decode()
    for words in ("With the provider", "Seat held", "Nothing; this is an end."):
        assert words in text
