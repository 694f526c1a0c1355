"""A new version of the terms is asked for at the next sign-in, once."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from usce.accounts.actions import record_consent, tell_changed_texts, withdraw_consent
from usce.accounts.models import User
from usce.accounts.queries import has_agreed
from usce.accounts.texts import TERMS, TEXTS
from usce.notifications.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def older(amina: User, now: dt.datetime) -> User:
    record_consent(amina, "terms", "2020-01", ip_address=None, now=now)
    return amina


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_whoever_agreed_to_older_terms_is_led_there(older: User) -> None:
    client = signed_in(older)
    assert (
        client.get("/applications?x=1")["Location"]
        == "/accounts/terms?next=%2Fapplications%3Fx%3D1"
    )
    for path in ("/terms", "/privacy", "/accounts/security", "/healthz"):
        assert client.get(path).status_code == 200
    page = client.get("/accounts/terms").content.decode()
    assert TERMS in page


def test_one_tick_and_on(older: User) -> None:
    client = signed_in(older)
    assert client.post("/accounts/terms", {}).status_code == 422
    done = client.post("/accounts/terms?next=/applications", {"agreed": "on"})
    assert done["Location"] == "/applications"
    assert has_agreed(older, "terms", TERMS)
    assert client.get("/applications").status_code == 200
    client.post("/accounts/terms", {"agreed": "on"})
    assert older.consents.filter(text_version=TERMS).count() == 1


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example/", "javascript:x"])
def test_tick_leads_to_no_other_site(older: User, place: str) -> None:
    done = signed_in(older).post(f"/accounts/terms?next={place}", {"agreed": "on"})
    assert done["Location"] == "/home"


def test_whoever_agreed_to_these_terms_is_not_asked(amina: User, now: dt.datetime) -> None:
    record_consent(amina, "terms", "2020-01", ip_address=None, now=now)
    record_consent(amina, "terms", TERMS, ip_address=None, now=now)
    assert signed_in(amina).get("/applications").status_code == 200


def test_own_consents_are_shown(older: User, dora: User) -> None:
    page = signed_in(older).get("/settings/privacy").content.decode()
    assert "2020-01" in page
    assert "2020-01" not in signed_in(dora).get("/settings/privacy").content.decode()


def test_page_asks_nothing_of_the_database(older: User, django_assert_num_queries: Any) -> None:
    client = signed_in(older)
    with django_assert_num_queries(2):  # the session and the person
        client.get("/home")


def test_sign_up_links_to_the_terms(client: Client) -> None:
    page = client.get("/accounts/signup").content.decode()
    assert '<a href="/terms" target="_blank" rel="noopener">terms</a>' in page
    refused = client.post("/accounts/signup", {"email": "x@example.test"}).content.decode()
    assert "agree to the terms (draft of November 2026).: An account needs this tick." in refused


def test_each_version_of_a_text_is_told_once_to_whom_it_concerns(
    older: User, dora: User, bruno: User, now: dt.datetime
) -> None:
    record_consent(dora, "terms", TERMS, ip_address=None, now=now)
    tell_changed_texts(now)
    tell_changed_texts(now + dt.timedelta(hours=6))
    mail = Mail.objects.get(event="accounts.text_changed")
    assert mail.recipient == older
    assert (mail.facts["title"], mail.facts["path"]) == ("Terms for applicants", "/terms")
    assert mail.facts["changes"] == TEXTS["terms"][0].changes


def test_text_is_told_to_all_however_many(
    older: User, dora: User, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("usce.accounts.actions.PEOPLE_AT_ONCE", 1)
    record_consent(dora, "health_papers", "2020-01", ip_address=None, now=now)
    record_consent(dora, "terms", "2020-01", ip_address=None, now=now)
    tell_changed_texts(now)
    told = Mail.objects.filter(event="accounts.text_changed").values_list("recipient", flat=True)
    assert sorted(told) == sorted([older.pk, dora.pk, dora.pk])


def test_who_took_a_consent_back_is_not_written_to(older: User, now: dt.datetime) -> None:
    withdraw_consent(older, "terms", ip_address=None, now=now)
    tell_changed_texts(now)
    assert not Mail.objects.filter(event="accounts.text_changed").exists()
