"""The roster of a provider, and the frame around the pages of whoever only works for a team."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from rotations.applications.states import ApplicationState
from rotations.bookings.models import Booking
from rotations.bookings.states import BookingState
from rotations.eligibility.rules import Finding, Group, Outcome, Verdict
from rotations.providers.models import Provider, Role
from tests.factories.bookings import BookingFactory, OfferFactory
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.providers import MemberFactory
from tests.factories.stories import an_application, an_opening
from tests.factories.visits import client_of
from usce.accounts.models import User

TODAY = dt.datetime.now(dt.UTC).date()
STAY = dt.timedelta(days=25)


def booked(provider: Provider, *, days: int, name: str = "") -> Booking:
    """A confirmed seat whose first day lies `days` from today."""
    starts_on = TODAY + dt.timedelta(days=days)
    rotation = RotationFactory(provider=provider)
    opening = OpeningFactory(rotation=rotation, starts_on=starts_on, ends_on=starts_on + STAY)
    offer = OfferFactory(application__opening=opening, application__rotation=rotation)
    if name:
        User.objects.filter(pk=offer.application.applicant_id).update(full_name=name)
    return BookingFactory(offer=offer, state=BookingState.CONFIRMED)


@pytest.mark.parametrize("count", [1, 3])
def test_learners_take_the_same_queries(
    bruno: User,
    provider: Provider,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        booked(provider, days=10 + number, name=f"Learner {number}")
    client = client_of(bruno)
    client.get("/p/lakeshore/learners")
    with django_assert_num_queries(8):
        text = client.get("/p/lakeshore/learners").content.decode()
    assert [f"Learner {number}" in text for number in range(4)] == [n < count for n in range(4)]


def test_learners_stand_by_first_day_and_those_here_say_so(bruno: User, provider: Provider) -> None:
    booked(provider, days=30, name="Later")
    booked(provider, days=-2, name="Sooner")
    text = client_of(bruno).get("/p/lakeshore/learners").content.decode()
    assert text.index("Sooner") < text.index("Here now") < text.index("Later")
    assert text.count("Here now") == 1


def test_learner_whose_last_day_has_passed_stands_apart(bruno: User, provider: Provider) -> None:
    booked(provider, days=-60, name="Gone home")
    client = client_of(bruno)
    assert "Gone home" not in client.get("/p/lakeshore/learners").content.decode()
    ended = client.get("/p/lakeshore/learners?ended=yes").content.decode()
    assert "Gone home" in ended
    assert "Here now" not in ended


@pytest.mark.parametrize(
    ("query", "words"), [("", "No confirmed learner yet"), ("?ended=yes", "Nobody's last day")]
)
def test_no_learners(bruno: User, provider: Provider, query: str, words: str) -> None:
    text = client_of(bruno).get(f"/p/lakeshore/learners{query}").content.decode()
    assert words in text.replace("&#x27;", "'")


def test_learners_are_closed_to_schedulers_and_to_others(amina: User, provider: Provider) -> None:
    scheduler = MemberFactory(provider=provider, role=Role.SCHEDULER).user
    assert client_of(scheduler).get("/p/lakeshore/learners").status_code == 403
    assert client_of(amina).get("/p/lakeshore/learners").status_code == 404


def test_applicants_say_how_many_rules_are_open(
    bruno: User, amina: User, provider: Provider
) -> None:
    application = an_application(an_opening(provider), amina)
    findings = (
        *(Finding("step1_passed", "must", o, "Step 1", "", "") for o in Outcome),
        Finding("tb_test", "by_start", Outcome.UNKNOWN, "TB test", "", "", group=Group.PAPER),
    )
    application.verdict = Verdict("cannot_apply", "Two rules are open.", findings).to_json()
    application.save(update_fields=["verdict"])
    assert "2 open" in client_of(bruno).get("/p/lakeshore/applicants").content.decode()


def test_team_meets_its_own_navigation_on_every_page(bruno: User, provider: Provider) -> None:
    header = _header(bruno)
    assert "/p/lakeshore/applicants" in header
    assert "/messages" in header
    assert "/saved" not in header


def test_member_who_applies_too_keeps_both(bruno: User, provider: Provider) -> None:
    an_application(an_opening(), bruno, ApplicationState.FORWARDED)
    header = _header(bruno)
    assert "/saved" in header
    assert 'href="/home"' in header
    assert "/p/lakeshore/applicants" not in header
    assert "/p/lakeshore/" in header


def _header(user: User) -> str:
    text = client_of(user).get("/rotations").content.decode()
    return text[text.index("<header") : text.index("</header>")]
