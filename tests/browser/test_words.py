"""Pages when words are at their worst, and when there are none yet."""

from collections.abc import Callable
from operator import attrgetter

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from applicants.profiles.models import Profile
from rotations.applications.models import Application
from rotations.catalog.models import Rotation
from rotations.conversations.models import Question
from rotations.providers.actions import found_provider
from rotations.providers.models import Preceptor, Provider, Site
from tests.browser.conftest import Visit
from tests.browser.crawl import pages_of
from tests.browser.entrance import sign_in
from tests.support.stack import Stack
from usce.accounts.models import User
from usce.devstack.demo.people import AMINA, BRUNO, CHEN, PASSWORD, Person

Visiting = Callable[..., Visit]
ARABIC = "عبد الرحمن بن محمد الفارسي (demo)"
UNBROKEN = "Pneumonoultramicroscopicsilicovolcanoconiosis"
HOSTILE = "<img src=x onerror=alert(1)> {{ 7|add:7 }} \u05e9\u05dc\u05d5\u05dd "
LONG = f"{HOSTILE}{UNBROKEN * 2}"
LONGEST = f"{LONG} {'words that go on and on ' * 10}"


@pytest.fixture(scope="module")
def worst_words(stack: Stack) -> None:
    write_worst_words()


def test_worst_words_before_a_visitor(visit: Visiting, worst_words: None) -> None:
    look_at_all(visit("words-visitor", width=390), ("/rotations",))


@pytest.mark.parametrize("who", [AMINA, BRUNO, CHEN], ids=attrgetter("name"))
def test_worst_words_stay_within_the_page(visit: Visiting, worst_words: None, who: Person) -> None:
    person = visit(f"words-{who.email.split('.')[0]}", width=390, scheme="dark")
    sign_in(person, who.email, None if who is AMINA else visit("mailbox"))
    look_at_all(person, ("/home",))


@pytest.mark.parametrize("part", ["applicant", "provider"])
def test_nothing_yet_is_said_in_words(visit: Visiting, stack: Stack, part: str) -> None:
    person = visit(f"new-{part}", width=390)
    user = new_person(f"new-{part}@example.test")
    if part == "provider":
        found_provider("Clinic with nothing yet", title="", actor=user, now=timezone.now())
    sign_in(person, user.email)
    look_at_all(person, ("/home",))


def write_worst_words() -> None:
    """Past the forms on purpose: what an older version let through still has to be shown."""
    User.objects.filter(email=AMINA.email).update(full_name=ARABIC)
    Profile.objects.filter(user__email=AMINA.email).update(
        given_name="عبد الرحمن", family_name=UNBROKEN * 2
    )
    Provider.objects.update(name=f"{LONG} مستشفى"[:160])
    Site.objects.update(name=LONG[:160], city=UNBROKEN[:80])
    Preceptor.objects.update(
        name=f"{ARABIC} {UNBROKEN}"[:160], credentials="MBBCh, PhD, FACP, FRCP"
    )
    Rotation.objects.update(title=f"ملاحظة {LONG}"[:140], duties=[LONG[:120], UNBROKEN * 2])
    Application.objects.update(statement=LONGEST * 4)
    Question.objects.update(text=LONGEST[:500])


def new_person(email: str) -> User:
    user = User.objects.create(email=email, password=make_password(PASSWORD), full_name=ARABIC)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def look_at_all(person: Visit, first: tuple[str, ...]) -> None:
    kinds = set()
    for kind in pages_of(person, first):
        person.check_axe(is_first=kind not in kinds)
        if kind not in kinds:
            person.look(f"words{kind.translate(PLAIN)}")
        person.page.set_viewport_size({"width": 320, "height": 700})
        person.check_width()
        person.page.set_viewport_size({"width": 390, "height": 900})
        kinds.add(kind)
    assert len(kinds) >= 5


PLAIN = str.maketrans("/<>:?&_", "-------")
