import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from applicants.profiles.models import Profile
from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.providers.models import Provider
from tests.factories.accounts import UserFactory
from tests.factories.providers import MemberFactory, ProviderFactory, SiteFactory
from tests.factories.reference import StateFactory
from tests.factories.stories import an_application, an_opening
from tests.factories.visits import client_of
from usce.accounts.models import StaffRole, User
from usce.audit.actions import record, record_access
from usce.audit.models import AccessLog
from usce.cases.actions import open_case
from usce.permissions import SYSTEM

HOSTILE = '<img src=x onerror=alert(1)>"{{7*7}}'


@pytest.fixture
def tess(db: None) -> User:
    """She works for trust, as staff."""
    return UserFactory(
        email="tess@example.test", full_name="Tess Obi", staff_roles=[StaffRole.TRUST]
    )


@pytest.fixture
def vera(db: None) -> User:
    return UserFactory(email="vera@example.test", staff_roles=[StaffRole.VERIFIER])


def found(viewer: User, words: str) -> list[str]:
    page = client_of(viewer).get("/staff/people", {"q": words}).content.decode()
    return re.findall(r'href="/staff/people/\w{16}" dir="auto">([^<]+)</a>', page)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Amina", ["Amina Rahmān"]),
        ("rahman amina", ["Amina Rahmān"]),
        ("AMINA@EXAMPLE", ["Amina Rahmān"]),
        ("okoro", ["Amina Rahmān"]),
        ("amina okoro", ["Amina Rahmān"]),
        ("amina bruno", []),
        ("100%", []),
        ("_", []),
        ("\\", []),
        ("' OR 1=1 --", []),
    ],
)
def test_person_is_found_by_words(
    words: str, names: list[str], amina: User, bruno: User, chen: User
) -> None:
    Profile.objects.filter(user=amina).update(given_name="Sam", family_name="Okoró")
    assert found(chen, words) == names


def test_person_is_found_by_the_reference_of_what_was_sent(
    amina: User, dora: User, chen: User
) -> None:
    opening = an_opening()
    sent = an_application(opening, amina, ApplicationState.IN_REVIEW)
    draft = an_application(opening, dora, ApplicationState.DRAFT)
    assert found(chen, sent.reference.lower()) == ["Amina Rahmān"]
    assert found(chen, draft.reference) == []


def test_nobody_is_listed_before_something_is_asked(amina: User, chen: User) -> None:
    client = client_of(chen)
    assert "Amina" not in client.get("/staff/people").content.decode()
    empty = client.get("/staff/people?q=").content.decode()
    assert "Write a name, an e-mail address or a reference." in empty
    assert client.get("/staff/people", {"q": "a\x00b"}).status_code == 200


def test_people_come_in_pages(chen: User) -> None:
    for number in range(30):
        UserFactory(full_name=f"Twin {number}")
    client = client_of(chen)
    first = client.get("/staff/people?q=twin").content.decode()
    further = re.search(r'rel="next" href="([^"]+)"', first)
    assert further is not None
    second = client.get(f"/staff/people{further[1]}".replace("&amp;", "&")).content.decode()
    assert first.count(">Twin ") == 25
    assert second.count(">Twin ") == 5


def story(amina: User, opened_at: dt.datetime, count: int = 1) -> list[Application]:
    made = [an_application(an_opening(), amina, ApplicationState.IN_REVIEW) for _n in range(count)]
    for application in made:
        MemberFactory(user=amina)
        record_access("CV opened", amina, viewer=UserFactory(), subject=amina, now=opened_at)
        record("accounts.user.roles_changed", amina, actor=amina, now=opened_at)
        open_case(
            "applications.review", application, title=application.reference, queue="reviewer",
            due_at=opened_at, actor=SYSTEM, now=opened_at,
        )  # fmt: skip
    return made


def test_person_page_shows_roles_applications_and_cases_and_is_logged(
    amina: User, chen: User, now: dt.datetime
) -> None:
    (application,) = story(amina, now)
    draft = an_application(an_opening(), amina, ApplicationState.DRAFT)
    page = client_of(chen).get(f"/staff/people/{amina.public_id}").content.decode()
    assert f"/staff/applications/{application.public_id}" in page
    assert draft.reference not in page
    assert "Owner at" in page
    assert 'Application: <a href="/staff/cases/' in page
    assert "Changes to this account" not in page
    seen = AccessLog.objects.get(what="Account opened")
    assert (seen.viewer, seen.subject) == (chen, amina)
    own = client_of(amina).get("/access").content.decode()
    assert "Account opened" in own
    assert "Rounds staff" in own


def test_trust_sees_changes_and_who_opened_it(amina: User, tess: User, now: dt.datetime) -> None:
    (application,) = story(amina, now)
    client = client_of(tess)
    page = client.get(f"/staff/people/{amina.public_id}").content.decode()
    assert "roles changed: user Amina Rahmān" in page
    assert application.reference in page
    assert f"/staff/applications/{application.public_id}" not in page
    assert "None in your queues." in page
    views = client.get(f"/staff/people/{amina.public_id}/access").content.decode()
    assert "CV opened" in views
    audit = client.get(f"/staff/audit?actor={amina.email}").content.decode()
    assert "roles changed" in audit


@pytest.mark.parametrize("count", [1, 3])
def test_person_page_takes_the_same_queries_for_any_number(
    amina: User, tess: User, count: int, now: dt.datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    made = story(amina, now, count)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = client_of(tess)
        client.get(f"/staff/people/{amina.public_id}")
        clock.shift(5)  # within a minute the session is not touched again
        with django_assert_num_queries(12):
            page = client.get(f"/staff/people/{amina.public_id}").content.decode()
    assert all(application.reference in page for application in made)


@pytest.mark.parametrize(
    ("who", "people", "places", "person"),
    [
        ("amina", 403, 403, 404), ("bruno", 403, 403, 404), ("dora", 403, 403, 404),
        ("fay", 403, 403, 403), ("chen", 200, 403, 200), ("tess", 200, 403, 200),
        ("vera", 302, 200, 403),
    ],
)  # fmt: skip
def test_pages_are_for_the_roles_that_may(
    who: str, people: int, places: int, person: int, amina: User, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get("/staff/people").status_code == people
    assert client.get("/staff/places").status_code == places
    assert client.get(f"/staff/people/{amina.public_id}").status_code == person


def test_unknown_person_is_not_there(chen: User) -> None:
    assert client_of(chen).get("/staff/people/0000000000000000").status_code == 404


def names_of_places(viewer: User, **asked: str) -> list[str]:
    page = client_of(viewer).get("/staff/places", asked).content.decode()
    return re.findall(r'href="/staff/providers/\w{16}" dir="auto">([^<]+)</a>', page)


def test_provider_is_found_by_name_and_state(vera: User) -> None:
    ohio = StateFactory(code="OH", name="Ohio", time_zone="America/New_York")
    SiteFactory(provider=ProviderFactory(name="Clínica Norte"), region=ohio)
    SiteFactory(provider=ProviderFactory(name="Hillside Clinic"))
    assert names_of_places(vera) == ["Hillside Clinic", "Clínica Norte"]
    assert names_of_places(vera, q="clinica") == ["Clínica Norte"]
    assert names_of_places(vera, region="OH") == ["Clínica Norte"]
    assert names_of_places(vera, q="hill", region="OH") == []
    assert names_of_places(vera, region="ZZ") == []


def test_hostile_names_stay_words(amina: User, tess: User, vera: User, provider: Provider) -> None:
    User.objects.filter(pk=amina.pk).update(full_name=HOSTILE)
    Provider.objects.update(name=HOSTILE)
    MemberFactory(user=amina, provider=provider)
    record("t.changed", amina, actor=amina, now=timezone.now(), reason=HOSTILE)
    pages = [
        (tess, "/staff/people?q=img"), (tess, f"/staff/people/{amina.public_id}"),
        (tess, "/staff/audit"), (vera, "/staff/places"),
        (tess, f"/staff/people?q={HOSTILE}"),
    ]  # fmt: skip
    for viewer, address in pages:
        page = client_of(viewer).get(address).content.decode()
        assert "<img src=x" not in page
        assert "{{7*7}}" in page


@pytest.mark.parametrize(
    ("who", "there", "absent"),
    [
        ("chen", ["Queue", "People and places", "Status"], ["Jobs", "Audit"]),
        ("fay", ["Queue", "Mail", "Jobs", "Status"], ["People and places", "Audit"]),
        ("tess", ["Queue", "People and places", "Audit"], ["Jobs"]),
        ("vera", ["Queue", "People and places"], ["Jobs", "Audit"]),
        ("dora", [], ["Queue", "System", "Audit"]),
    ],
)
def test_navigation_shows_what_the_role_may_open(
    who: str, there: list[str], absent: list[str], request: pytest.FixtureRequest
) -> None:
    page = client_of(request.getfixturevalue(who)).get("/messages").content.decode()
    header = page[page.index("<header") : page.index("</header>")]
    links = re.findall(r">([^<>]+)</a>", header)
    assert set(there) <= set(links)
    assert not set(absent) & set(links)
