"""A check that takes a day: one clear sentence, once, and nothing lost."""

import datetime as dt

import pytest
from django.utils import timezone

from applicants.documents.actions import tell_of_delays
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from applicants.documents.tasks import settle_documents_of, tell_owners_of_delays
from tests.factories.papers import added, checked
from tests.factories.visits import client_of
from tests.support.pdf import pdf_bytes
from usce.accounts.models import User
from usce.files.tasks import scan_stored_blob
from usce.notifications.models import Mail

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture
def waiting(amina: User, now: dt.datetime) -> Document:
    return added(amina, now)


def mails() -> list[dict[str, object]]:
    return [mail.facts for mail in Mail.objects.filter(event="documents.delayed").order_by("pk")]


def test_owner_is_told_once_after_a_day(waiting: Document, now: dt.datetime) -> None:
    assert tell_of_delays(now + DAY - HOUR) == 0
    assert tell_of_delays(now + DAY) == 1
    assert tell_of_delays(now + DAY + HOUR) == tell_of_delays(now + 9 * DAY) == 0
    (facts,) = mails()
    assert (facts["kind"], facts["others"]) == ("CV", 0)
    assert facts["path"] == f"/documents/{waiting.public_id}"


def test_papers_that_wait_together_come_in_one_mail(
    waiting: Document, amina: User, now: dt.datetime
) -> None:
    added(amina, now, pdf_bytes("TB"), kind=DocumentKind.TB_TEST)
    added(amina, now + HOUR, pdf_bytes("Degree"), kind=DocumentKind.DIPLOMA)
    assert tell_of_delays(now + DAY) == 1
    assert tell_of_delays(now + DAY + HOUR) == 1  # the degree, by itself and once
    assert [(facts["kind"], facts["others"]) for facts in mails()] == [
        ("CV", 1),
        ("Medical degree", 0),
    ]
    assert mails()[0]["path"] == "/documents"


def test_checked_papers_are_none_of_it(amina: User, now: dt.datetime) -> None:
    checked(amina, now)
    assert tell_of_delays(now + 2 * DAY) == 0


def test_after_the_wait_it_goes_on_as_ever(waiting: Document, now: dt.datetime) -> None:
    tell_of_delays(now + DAY)
    scan_stored_blob(waiting.blob_id)
    settle_documents_of(waiting.blob_id)
    waiting.refresh_from_db()
    assert waiting.state == "accepted"
    assert tell_of_delays(now + 3 * DAY) == 0


def test_page_says_that_it_takes_longer(waiting: Document, amina: User, now: dt.datetime) -> None:
    path, there = f"/documents/{waiting.public_id}", timezone.now()
    Document.objects.update(uploaded_at=there)
    assert "takes a few seconds" in client_of(amina).get(path).content.decode()
    Document.objects.update(uploaded_at=there - HOUR)
    for page in (path, f"{path}/state"):
        text = client_of(amina).get(page).content.decode()
        assert "takes longer than usual" in text
        assert "need not be added again" in text
    tell_owners_of_delays()
    assert not mails()
