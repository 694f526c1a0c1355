import datetime as dt
import re

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from applicants.profiles.actions import (
    NotAsked,
    ask_enrolment,
    remind_of_enrolment,
    save_facts,
    save_school,
)
from applicants.profiles.models import EnrolmentRequest
from applicants.profiles.queries import facts_of, profile_for
from applicants.profiles.tasks import remind_contacts
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.limits.actions import TooOften
from usce.links.models import Grant
from usce.notifications.actions import deliver
from usce.notifications.models import Mail

pytestmark = pytest.mark.django_db
Now = dt.datetime
SCHOOL = "Lakeside Medical College"
CONTACT = {"name": "Rosa Lindqvist", "role": "Registrar", "email": "rosa@lakeside.example"}
WEEK = dt.timedelta(days=7)


@pytest.fixture
def asked(amina: User) -> EnrolmentRequest:
    return ask(amina, timezone.now())


def ask(user: User, now: Now, **more: str) -> EnrolmentRequest:
    save_school(user, {"school_name": SCHOOL}, actor=user, now=now)
    return ask_enrolment(user, CONTACT | more, actor=user, now=now)


def door() -> str:
    """The address in the newest mail to the contact, as it leaves."""
    deliver(Mail.objects.filter(event="profiles.enrolment_asked").latest("id"), now=timezone.now())
    found = re.search(r"/d/enrolment/[\w-]+", str(outbox.outbox[-1].body))
    assert found is not None
    return found.group()


def test_school_confirms_by_its_own_link(
    client: Client, amina: User, asked: EnrolmentRequest
) -> None:
    url = door()
    assert outbox.outbox[-1].to == [CONTACT["email"]]
    for _ in range(2):
        page = client.get(url)
        assert (page.status_code, SCHOOL in page.content.decode()) == (200, True)
    assert client.post(url, {"answer": "confirmed", "electives": "on"}).status_code == 200
    asked.refresh_from_db()
    assert (asked.answer, asked.electives, asked.answered_at is None) == ("confirmed", True, False)
    assert facts_of(profile_for(amina))["enrolment_confirmed"] is True
    assert Mail.objects.get(event="profiles.enrolment_confirmed").recipient == amina
    assert (
        "Clinical electives are approved"
        in client_of(amina).get("/profile/school").content.decode()
    )
    assert client.get(url).status_code == client.post(url, {"answer": "denied"}).status_code == 410


def test_school_says_that_it_is_not_so(
    client: Client, amina: User, asked: EnrolmentRequest
) -> None:
    client.post(door(), {"answer": "denied", "electives": "on"})
    asked.refresh_from_db()
    assert (asked.answer, asked.electives) == ("denied", None)
    assert facts_of(profile_for(amina))["enrolment_confirmed"] is False
    assert Mail.objects.filter(event="profiles.enrolment_denied", recipient=amina).exists()
    assert "this is not so" in client_of(amina).get("/profile/school").content.decode()
    assert "did not confirm" in client_of(amina).get("/profile").content.decode()


def test_answer_is_chosen_not_presumed(client: Client, asked: EnrolmentRequest) -> None:
    url = door()
    assert client.post(url, {"answer": "perhaps"}).status_code == 422
    assert client.put(url).status_code == 405
    asked.refresh_from_db()
    assert (asked.answer, Grant.objects.get().uses_left) == ("", 1)


def test_sending_again_closes_the_earlier_door(
    client: Client, amina: User, asked: EnrolmentRequest
) -> None:
    first = door()
    again = ask_enrolment(amina, CONTACT, actor=amina, now=timezone.now())
    assert (again.pk, again.mails) == (asked.pk, 2)
    assert client.get(first).status_code == 410
    assert client.get(door()).status_code == 200


def test_another_contact_takes_the_place_of_the_first(
    client: Client, amina: User, asked: EnrolmentRequest
) -> None:
    first = door()
    other = ask(amina, timezone.now(), email="dean@lakeside.example")
    asked.refresh_from_db()
    assert (asked.ended_at is None, other.pk == asked.pk) == (False, False)
    assert client.get(first).status_code == 410


def test_address_gets_three_mails_at_most(amina: User, now: Now) -> None:
    for hour in range(3):
        ask(amina, now + dt.timedelta(hours=hour))
    with pytest.raises(NotAsked, match="3 mails went"):
        ask(amina, now + dt.timedelta(hours=3), email="ROSA@lakeside.example")
    assert remind_of_enrolment(now + dt.timedelta(days=8)) == 0
    assert Mail.objects.filter(event="profiles.enrolment_asked").count() == 3


def test_reminder_leaves_once_after_a_week(amina: User, now: Now) -> None:
    request = ask(amina, now)
    assert remind_of_enrolment(now + WEEK - dt.timedelta(hours=1)) == 0
    assert remind_of_enrolment(now + WEEK) == 1
    assert remind_of_enrolment(now + WEEK + dt.timedelta(hours=1)) == 0
    request.refresh_from_db()
    assert request.mails == 2
    assert Mail.objects.latest("id").facts["grant"]["days"] == 7


def test_nothing_is_reminded_of_once_answered_or_over(
    client: Client, asked: EnrolmentRequest
) -> None:
    assert remind_of_enrolment(asked.sent_at + 3 * WEEK) == 0
    client.post(door(), {"answer": "confirmed"})
    assert remind_of_enrolment(asked.sent_at + WEEK) == 0
    remind_contacts()
    assert Mail.objects.filter(event="profiles.enrolment_asked").count() == 1


@pytest.mark.parametrize(
    "email", ["someone@gmail.com", "someone@mail.Yahoo.com", "amina@example.test"]
)
def test_address_must_be_of_the_school(amina: User, now: Now, email: str) -> None:
    amina.email = "amina@example.test"
    with pytest.raises(NotAsked):
        ask(amina, now, email=email)
    assert not Mail.objects.exists()


def test_graduate_and_nameless_school_are_not_asked_about(amina: User, now: Now) -> None:
    with pytest.raises(NotAsked, match="Name your medical school"):
        ask_enrolment(amina, CONTACT, actor=amina, now=now)
    save_facts(amina, {"status": "graduate"}, actor=amina, now=now)
    with pytest.raises(NotAsked, match="students only"):
        ask(amina, now)


def test_another_school_takes_the_confirmation_away(
    client: Client, amina: User, asked: EnrolmentRequest
) -> None:
    url = door()
    client.post(url, {"answer": "confirmed"})
    second = ask(amina, timezone.now())
    save_school(amina, {"school_name": "Riverside"}, actor=amina, now=timezone.now())
    second.refresh_from_db()
    assert second.ended_at is not None
    assert "enrolment_confirmed" not in facts_of(profile_for(amina))
    assert asked.pk != second.pk


def test_only_she_asks_and_not_all_day(amina: User, dora: User, chen: User, now: Now) -> None:
    for actor in (dora, chen):
        with pytest.raises(PermissionDenied):
            ask_enrolment(amina, CONTACT, actor=actor, now=now)
        with pytest.raises(PermissionDenied):
            save_school(amina, {"school_name": SCHOOL}, actor=actor, now=now)
    for number in range(6):
        ask(amina, now, email=f"c{number}@lakeside.example")
    with pytest.raises(TooOften):
        ask(amina, now, email="c7@lakeside.example")


def test_audit_tells_of_question_and_answer(client: Client, asked: EnrolmentRequest) -> None:
    client.post(door(), {"answer": "confirmed"})
    entries = AuditEntry.objects.filter(action__startswith="profiles.enrolment.").order_by("id")
    told = [(entry.action, entry.reason) for entry in entries]
    assert told == [
        ("profiles.enrolment.asked", ""),
        ("profiles.enrolment.answered", "confirmed"),
    ]


def test_pages_ask_the_school(amina: User) -> None:
    client = client_of(amina)
    assert client.get("/profile/school/confirm")["Location"] == "/profile/school"
    client.post("/profile/school", {"school_name": SCHOOL, "graduation_year": "2027"})
    assert f"{SCHOOL}, 2027" in client.get("/profile").content.decode()
    assert "Let the school confirm" in client.get("/profile/school").content.decode()
    refused = client.post("/profile/school/confirm", CONTACT | {"email": "x@gmail.com"})
    page = refused.content.decode()
    assert (refused.status_code, "gmail.com" in page, "Rosa Lindqvist" in page) == (
        422, True, True,
    )  # fmt: skip
    assert client.post("/profile/school/confirm", CONTACT)["Location"] == "/profile/school"
    assert "The school has been asked" in client.get("/profile/school").content.decode()
    assert 'value="rosa@lakeside.example"' in client.get("/profile/school/confirm").content.decode()
    own = client.post("/profile/school/confirm", CONTACT | {"email": amina.email})
    assert (own.status_code, "your own address" in own.content.decode()) == (422, True)


def test_school_page_keeps_what_was_typed(amina: User) -> None:
    response = client_of(amina).post(
        "/profile/school", {"school_name": SCHOOL, "graduation_year": "soon"}
    )
    assert (response.status_code, SCHOOL in response.content.decode()) == (422, True)


def test_hostile_names_stay_words(client: Client, amina: User) -> None:
    save_facts(amina, {"family_name": "<script>x</script>"}, actor=amina, now=timezone.now())
    ask(amina, timezone.now(), name="<b>Rosa</b>")
    page = client.get(door()).content.decode()
    assert "<script>x" not in page
    assert "<b>Rosa" not in page


def test_door_ends_after_14_days(client: Client, asked: EnrolmentRequest) -> None:
    url = door()
    Grant.objects.update(
        created_at=asked.sent_at - 3 * WEEK, expires_at=timezone.now() - dt.timedelta(minutes=1)
    )
    for answer in (client.get(url), client.post(url, {"answer": "confirmed"})):
        assert (answer.status_code, "This link has ended" in answer.content.decode()) == (410, True)
    asked.refresh_from_db()
    assert asked.answer == ""
