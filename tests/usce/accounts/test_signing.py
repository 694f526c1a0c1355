"""Texts signed in place: once, under one's own name, with a copy for either side."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from tests.factories.visits import client_of
from tests.support.pdf import text_of
from usce.accounts.models import ConsentRecord, User
from usce.accounts.signing import NoName, OtherName, sign_text
from usce.accounts.texts import TRUTHFUL_PAPERS, sha256_of
from usce.audit.models import AccessLog
from usce.notifications.models import Mail

SIGN = "/accounts/sign/truthful-papers"


def signed(user: User, now: dt.datetime, name: str = "amina  RAHMĀN") -> ConsentRecord:
    return sign_text(user, TRUTHFUL_PAPERS, name, actor=user, ip_address="192.0.2.1", now=now)


def test_signature_keeps_version_name_moment_and_address(amina: User, now: dt.datetime) -> None:
    first = signed(amina, now)
    assert (first.purpose, first.text_version) == ("truthful_papers", TRUTHFUL_PAPERS.version)
    assert (first.signed_name, first.at, first.ip_address) == ("amina RAHMĀN", now, "192.0.2.1")
    assert signed(amina, now + dt.timedelta(days=1)) == first
    mail = Mail.objects.get(event="accounts.signed")
    assert mail.facts["path"] == f"/accounts/signed/{first.public_id}"
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentRecord.objects.filter(pk=first.pk).update(signed_name="x")


def test_nobody_signs_under_another_name_or_for_another(
    amina: User, dora: User, chen: User, now: dt.datetime
) -> None:
    with pytest.raises(OtherName, match="Amina Rahmān"):
        signed(amina, now, "Dora Lind")
    for actor in (dora, chen):
        with pytest.raises(PermissionDenied):
            sign_text(amina, TRUTHFUL_PAPERS, "Amina Rahmān", actor=actor, ip_address=None, now=now)
    with pytest.raises(PermissionDenied):
        signed(chen, now, "Chen Wei")
    amina.full_name = ""
    with pytest.raises(NoName):
        signed(amina, now, "")
    assert not ConsentRecord.objects.exclude(signed_name="").exists()


def test_page_shows_the_text_and_leads_to_the_copy(amina: User, dora: User, chen: User) -> None:
    client = client_of(amina)
    assert "What you say" in client.get(SIGN).content.decode()
    assert "Sign that your papers are true" in client.get("/documents").content.decode()
    assert client.post(SIGN, {"name": ""}).status_code == 422
    refused = client.post(SIGN, {"name": "Somebody Else"})
    assert refused.status_code == 409
    assert "Nobody signs for another" in refused.content.decode()
    copy = client.post(SIGN, {"name": "Amina Rahmān"})["Location"]
    page = client.get(copy).content.decode()
    assert "127.0.0.1" in page
    assert "What you say" in page
    assert client.get(SIGN)["Location"] == copy
    assert copy in client.get("/settings/privacy").content.decode()
    assert "Sign that your papers" not in client.get("/documents").content.decode()
    assert client_of(chen).get(copy).status_code == 200
    assert client_of(dora).get(copy).status_code == 404
    assert client_of(chen).get(SIGN).status_code == 403
    assert client.get("/accounts/sign/terms").status_code == 404


def test_copy_as_pdf_tells_who_signed_what_and_proves_it(
    amina: User, dora: User, chen: User, now: dt.datetime
) -> None:
    path = f"/accounts/signed/{signed(amina, now).public_id}/pdf"
    response = client_of(amina).get(path)
    assert response["Content-Type"] == "application/pdf"
    words = text_of(response.content)
    assert "You add no paper of another person" in words
    assert "amina RAHMĀN" in words
    assert amina.email in words
    assert "192.0.2.1" in words
    assert sha256_of(TRUTHFUL_PAPERS) in words.replace(" ", "")
    assert not AccessLog.objects.exists()
    assert client_of(chen).get(path).content == response.content
    seen = AccessLog.objects.get(viewer=chen, subject=amina)
    assert seen.what == "Signed copy of “Truthful papers” downloaded"
    assert client_of(dora).get(path).status_code == 404


def test_page_says_when_the_words_are_others(amina: User, now: dt.datetime) -> None:
    other = ConsentRecord.objects.create(
        user=amina,
        purpose="truthful_papers",
        text_version=TRUTHFUL_PAPERS.version,
        text_sha256="0" * 64,
        signed_name="Amina Rahmān",
        at=now,
    )
    page = client_of(amina).get(f"/accounts/signed/{other.public_id}").content.decode()
    assert "not the words that were signed" in page
