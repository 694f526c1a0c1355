"""A browser that a person never signed in from is told by mail, once; she then knows it."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from usce.accounts.devices import COOKIE
from usce.accounts.models import User
from usce.accounts.notifications import browser_of
from usce.notifications.models import Mail

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
PASSWORD = "correct horse battery"


@pytest.fixture
def old(amina: User) -> User:
    """An account that is not of today."""
    amina.set_password(PASSWORD)
    amina.joined_at = timezone.now() - dt.timedelta(days=30)
    amina.save()
    return amina


def sign_in(user: User, client: Client | None = None) -> Client:
    client = client or Client(headers={"User-Agent": FIREFOX})
    told = {"login": user.email, "password": PASSWORD}
    assert client.post("/accounts/login", told).status_code == 302
    return client


def told() -> list[str]:
    return [mail.facts["browser"] for mail in Mail.objects.filter(event="accounts.new_device")]


def test_new_browser_is_told_once(old: User) -> None:
    client = sign_in(old)
    assert told() == ["Firefox on Windows"]
    client.post("/accounts/logout")
    sign_in(old, client)
    assert len(told()) == 1
    sign_in(old)
    assert len(told()) == 2


def test_another_person_in_the_same_browser_is_told(old: User, dora: User) -> None:
    client = sign_in(old)
    client.post("/accounts/logout")
    dora.joined_at = old.joined_at
    dora.set_password(PASSWORD)
    dora.save()
    sign_in(dora, client)
    assert len(told()) == 2
    client.post("/accounts/logout")
    sign_in(old, client)
    assert len(told()) == 2


def test_who_has_just_joined_is_not_told(old: User) -> None:
    User.objects.update(joined_at=timezone.now() - dt.timedelta(minutes=5))
    sign_in(old)
    assert told() == []


@pytest.mark.parametrize("value", ["", "x", "a:b:c"])
def test_forged_cookie_knows_nobody(old: User, value: str) -> None:
    client = Client()
    client.cookies[COOKIE] = value
    sign_in(old, client)
    assert told() == ["a browser we do not know"]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone) Version/17 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux) Chrome/120 Safari/537 Edg/120", "Edge on Linux"),
        ("<b>curl</b>", "a browser we do not know"),
        ("Firefox/130", "Firefox"),
    ],
)
def test_browser_is_named_in_words_of_ours(agent: str, words: str) -> None:
    assert browser_of(agent) == words
