"""Anybody can write to Rounds; one answer comes back, from somebody who may give it."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from rotations.conversations.actions import (
    MESSAGES_AN_HOUR,
    Message,
    MessageAnswered,
    answer_inquiry,
    send_inquiry,
)
from rotations.conversations.models import Inquiry
from tests.factories.accounts import UserFactory
from tests.factories.catalog import OpeningFactory
from tests.factories.visits import client_of
from usce.accounts.models import StaffRole, User
from usce.cases.models import Case
from usce.cases.states import CaseState
from usce.limits.actions import TooOften
from usce.notifications.models import Mail

pytestmark = pytest.mark.django_db
WORDS = {"about": "question", "text": "How long does it take?", "name": "Ana", "email": "a@x.test"}
HOSTILE = "<script>alert(1)</script> {{7*7}} =1+1 \u202eevil"


@pytest.fixture
def tess() -> User:
    return UserFactory(email="tess@example.test", staff_roles=[StaffRole.TRUST])


@pytest.fixture
def ada() -> User:
    return UserFactory(email="ada@example.test", staff_roles=[StaffRole.ADMIN])


@pytest.fixture
def rotation() -> Rotation:
    found: Rotation = OpeningFactory().rotation
    return found


def sent(now: dt.datetime, **words: str) -> Inquiry:
    message = Message(**{**WORDS, **words})
    return send_inquiry(message, rotation=None, sender=None, ip_address="192.0.2.1", now=now)


def mails(event: str) -> list[Mail]:
    return list(Mail.objects.filter(event=f"conversations.{event}"))


def test_stranger_writes_and_learns_by_when(client: Client) -> None:
    answer = client.post("/contact", WORDS, follow=True)
    inquiry = Inquiry.objects.get()
    page = answer.content.decode()
    assert inquiry.reference in page
    assert WORDS["text"] not in page
    (mail,) = mails("received")
    assert (mail.address, mail.facts["reference"]) == ("a@x.test", inquiry.reference)
    case = Case.objects.get()
    assert (case.queue, case.due_at) == ("trust", inquiry.due_at)


@pytest.mark.parametrize(
    ("about", "queue", "due_on"),
    [("question", "trust", 3), ("privacy", "trust", 2), ("complaint", "trust", 9),
     ("staff", "admin", 9)],
)  # fmt: skip
def test_who_reads_it_and_by_when(now: dt.datetime, about: str, queue: str, due_on: int) -> None:
    inquiry = sent(now, about=about)
    # 1 July 2026 is a Wednesday; Friday the 3rd is the federal holiday of the 4th.
    days = {2: dt.date(2026, 7, 2), 3: dt.date(2026, 7, 6), 9: dt.date(2026, 7, 9)}
    assert inquiry.due_at.date() == days[due_on]
    assert Case.objects.get().queue == queue


def test_double_click_sends_one(client: Client) -> None:
    places = [client.post("/contact", WORDS)["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert Inquiry.objects.count() == len(mails("received")) == 1


def test_refused_words_are_kept(client: Client) -> None:
    answer = client.post("/contact", {**WORDS, "email": "nobody", "text": HOSTILE})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} =1+1" in page
    assert "<script>alert" not in page
    assert not Inquiry.objects.exists()


def test_too_many_from_one_address_are_refused_with_what_was_typed(client: Client) -> None:
    for number in range(MESSAGES_AN_HOUR):
        client.post("/contact", {**WORDS, "text": f"message {number}"})
    answer = client.post("/contact", {**WORDS, "text": "one more"})
    assert answer.status_code == 429
    assert "one more" in answer.content.decode()
    assert Inquiry.objects.count() == MESSAGES_AN_HOUR


def test_limit_counts_addresses_apart(now: dt.datetime) -> None:
    for number in range(MESSAGES_AN_HOUR):
        sent(now, text=str(number))
    with pytest.raises(TooOften):
        sent(now, text="too much")
    message = Message(**WORDS)
    send_inquiry(message, rotation=None, sender=None, ip_address="192.0.2.2", now=now)


def test_report_names_the_listing_and_needs_no_address(client: Client, rotation: Rotation) -> None:
    path = f"/rotations/{rotation.public_id}/report"
    assert path in client.get(f"/rotations/{rotation.public_id}-{rotation.slug}").content.decode()
    told = {"reason": "Money outside Rounds", "text": "He wants a transfer.", "email": ""}
    page = client.post(path, told, follow=True).content.decode()
    inquiry = Inquiry.objects.get()
    assert (inquiry.rotation, inquiry.about) == (rotation, "listing")
    assert inquiry.text == "Money outside Rounds.\n\nHe wants a transfer."
    assert "You gave no address" in page
    assert mails("received") == []


def test_listing_that_is_not_public_cannot_be_reported(client: Client, rotation: Rotation) -> None:
    Rotation.objects.filter(pk=rotation.pk).update(state=RotationState.DRAFT)
    assert client.get(f"/rotations/{rotation.public_id}/report").status_code == 404


def test_staff_for_trust_answer_once(tess: User, now: dt.datetime) -> None:
    inquiry = sent(now, text=HOSTILE)
    client = client_of(tess)
    page = client.get(f"/staff/messages/{inquiry.public_id}").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} =1+1" in page
    answer = client.post(f"/staff/messages/{inquiry.public_id}", {"answer": "Two days."})
    assert answer.status_code == 302
    inquiry.refresh_from_db()
    assert (inquiry.answer, inquiry.answered_by) == ("Two days.", tess)
    assert Case.objects.get().state == CaseState.DECIDED
    assert mails("replied")[0].facts["answer"] == "Two days."
    with pytest.raises(MessageAnswered):
        answer_inquiry(inquiry, "Again", actor=tess, now=now)
    assert len(mails("replied")) == 1


def test_queue_leads_to_the_message(tess: User, now: dt.datetime) -> None:
    inquiry = sent(now)
    client = client_of(tess)
    assert inquiry.reference in client.get("/staff/").content.decode()
    case = Case.objects.get()
    place = client.get(f"/staff/cases/{case.public_id}")["Location"]
    assert place == f"/staff/messages/{inquiry.public_id}"


def test_complaint_about_staff_passes_those_for_trust_by(
    tess: User, ada: User, now: dt.datetime
) -> None:
    inquiry = sent(now, about="staff")
    path = f"/staff/messages/{inquiry.public_id}"
    assert client_of(tess).get(path).status_code == 403
    assert client_of(ada).get(path).status_code == 200
    with pytest.raises(PermissionDenied):
        answer_inquiry(inquiry, "No", actor=tess, now=now)


def test_second_look_is_taken_by_somebody_else(tess: User, ada: User, now: dt.datetime) -> None:
    first = answer_inquiry(sent(now, about="complaint"), "We disagree.", actor=tess, now=now)
    again = sent(now, about="complaint", text="Look again.", reference=first.reference)
    assert again.earlier == first
    with pytest.raises(PermissionDenied):
        answer_inquiry(again, "Still no.", actor=tess, now=now)
    page = client_of(tess).get(f"/staff/messages/{again.public_id}").content.decode()
    assert "somebody else gives the second" in page
    answer_inquiry(again, "You were right.", actor=ada, now=now)


@pytest.mark.parametrize("reference", ["M-1", "R-1042", "M-", "m-99999999999999999", "²", ""])
def test_reference_of_nothing_leads_nowhere(now: dt.datetime, reference: str) -> None:
    assert sent(now, reference=reference).earlier is None


def test_reference_of_another_person_leads_nowhere(tess: User, now: dt.datetime) -> None:
    first = answer_inquiry(sent(now), "Yes.", actor=tess, now=now)
    other = sent(now, email="other@x.test", reference=first.reference)
    assert other.earlier is None


def test_half_an_answer_is_refused_by_the_database(now: dt.datetime) -> None:
    inquiry = sent(now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.filter(pk=inquiry.pk).update(answer="Half")


def test_signed_in_person_need_not_type_her_address(amina: User) -> None:
    page = client_of(amina).get("/contact?about=privacy").content.decode()
    assert 'value="amina@example.test"' in page
    assert 'value="privacy" selected' in page
    told: dict[str, Any] = {**WORDS, "email": "amina@example.test"}
    client_of(amina).post("/contact", told)
    assert Inquiry.objects.get().sender == amina
