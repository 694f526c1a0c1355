"""The writer's page: looked at it changes nothing; answered it tells the learner, and no more."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from applicants.profiles.models import Profile
from rotations.letters.actions import (
    Another,
    ChangedMeanwhile,
    NotOpen,
    accept_letter,
    decline_letter,
    say_submitted,
    share_packet,
    withdraw_letter,
)
from rotations.letters.models import Letter, PacketView, Quiet
from rotations.letters.queries import letters
from rotations.placements.models import Placement
from tests.factories.letters import a_letter, door_to, move
from tests.factories.papers import checked
from tests.factories.placements import days_of
from tests.factories.visits import client_of
from tests.rotations.placements.house import confirm
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.links.actions import grant
from usce.links.models import Grant
from usce.notifications.models import Mail

D = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(now: dt.datetime, db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now) as traveller:
        yield traveller


@pytest.fixture
def door(letter: Letter, now: dt.datetime) -> str:
    return f"/d/letters/{door_to(letter, now)}"


def text(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def told(what: str, was: str, **more: Any) -> dict[str, Any]:
    return {"what": what, f"{what}-was": was} | {f"{what}-{k}": v for k, v in more.items()}


def rows() -> tuple[Any, ...]:
    """Everything that an answer would change."""
    return (
        list(Letter.objects.values_list()),
        Mail.objects.count(),
        AuditEntry.objects.count(),
        list(Grant.objects.values_list()),
        PacketView.objects.count(),
    )


def test_looking_changes_nothing(door: str) -> None:
    """A mail scanner that follows the link, and every link of the page, with GET and HEAD."""
    before, client = rows(), Client()
    for _often in range(3):
        assert client.get(door).status_code == client.head(door).status_code == 200
        assert client.options(door).status_code == 405
        assert client.get(f"{door}?what=accept&accept-was=requested").status_code == 200
    assert rows() == before


def test_page_says_what_is_asked_and_shows_no_papers(door: str) -> None:
    page = text(door)
    for words in ("Can you write a strong letter", "I hope to match", "Waived", "18 November"):
        assert words in page
    assert "AAMC ID" not in page
    assert "/cv/" not in page


def test_accepted_by_link(door: str, letter: Letter, amina: User) -> None:
    data = told("accept", "requested", can_do=["skills"], note="Ask for her case list")
    answer = Client().post(door, data, follow=True)
    assert "told that you will write" in answer.content.decode()
    letter.refresh_from_db()
    assert (letter.state, letter.can_do) == ("accepted", ["skills"])
    assert letter.answered_at is not None
    assert "Ask for her case list" in text(door)
    mail = Mail.objects.get(event="letters.accepted")
    assert (mail.recipient, "case list" in str(mail.facts)) == (amina, False)
    assert "case list" not in str(list(AuditEntry.objects.values_list("changes", "reason")))


def test_declined_with_another_writer(door: str, letter: Letter, amina: User) -> None:
    data = told("decline", "requested", why="Too little seen", name="Otto Lang", email="o@x.test")
    Client().post(door, data)
    letter.refresh_from_db()
    assert (letter.state, letter.suggested_name, letter.suggested_email) == (
        "declined", "Otto Lang", "o@x.test",
    )  # fmt: skip
    assert Mail.objects.get(event="letters.declined").facts["suggested"] == "Otto Lang"
    page = client_of(amina).get(f"/letters/{letter.public_id}").content.decode()
    assert "Otto Lang" in page
    assert "Too little seen" not in page
    assert "I cannot write it" not in text(door)


def test_submitted_ends_it_and_closes_the_packet(door: str, letter: Letter) -> None:
    client = Client()
    client.post(door, told("accept", "requested", note=""))
    client.post(door, told("submit", "accepted"))
    letter.refresh_from_db()
    assert letter.state == "submitted"
    assert "nothing is left to do" in text(door)
    assert client.post(door, told("submit", "accepted")).status_code == 409


def test_accepted_can_still_be_declined(letter: Letter, now: dt.datetime) -> None:
    accept_letter(letter, was="requested", can_do=[], note="", now=now)
    decline_letter(letter, was="accepted", why="", another=Another(), now=now + D)
    assert (letter.state, letter.answered_at, letter.ended_at) == ("declined", now, now + D)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"what": "accept"},
        {"what": "wrong"},
        told("accept", "confirmed", note=""),
        told("accept", "requested", can_do=["wrong"], note=""),
        told("decline", "requested", name="http://x.test"),
        told("decline", "requested", email="nobody"),
        told("decline", "requested", why="The patient of MRN 12345678 died"),
    ],
)
def test_answer_that_cannot_be_read_changes_nothing(door: str, data: dict[str, str]) -> None:
    before = rows()
    assert Client().post(door, data).status_code == 422
    assert rows() == before


def test_of_two_answers_the_second_is_told(door: str, letter: Letter, now: dt.datetime) -> None:
    """Somebody else at the same mailbox had the page open before."""
    Client().post(door, told("accept", "requested", note=""))
    second = Client().post(door, told("decline", "requested"))
    assert second.status_code == 409
    assert "has changed since the page was opened" in second.content.decode()
    letter.refresh_from_db()
    assert letter.state == "accepted"
    with pytest.raises(ChangedMeanwhile):
        accept_letter(letter, was="requested", can_do=[], note="", now=now)


def test_answers_after_the_end_are_refused(letter: Letter, amina: User, now: dt.datetime) -> None:
    withdraw_letter(letter, actor=amina, now=now)
    with pytest.raises(NotOpen):
        accept_letter(letter, was="requested", can_do=[], note="", now=now)
    with pytest.raises(NotOpen):
        decline_letter(letter, was="requested", why="", another=Another(), now=now)
    with pytest.raises(NotOpen):
        say_submitted(letter, was="accepted", now=now)


# Links that open nothing.


def test_guessed_expired_and_foreign_links_open_nothing(
    letter: Letter, now: dt.datetime, clock: time_machine.Traveller
) -> None:
    known = {"subject_type": "letters.letter", "subject_id": letter.pk, "now": now}
    other_scope = grant("placements.host", expires_at=now + D, **known)  # type: ignore[arg-type]
    other_thing = grant(
        "letters.writer", subject_type="x", subject_id=letter.pk, expires_at=now + D, now=now
    )
    nothing = grant(
        "letters.writer", subject_type="letters.letter", subject_id=0, expires_at=now + D, now=now
    )
    old = door_to(letter, now, days=1)
    clock.shift(2 * D)
    for token in ("guessed", other_scope, other_thing, nothing, old):
        for answer in (
            Client().get(f"/d/letters/{token}"),
            Client().post(f"/d/letters/{token}", told("accept", "requested", note="")),
        ):
            assert answer.status_code == 410
            assert "This link has ended" in answer.content.decode()
        assert Client().get(f"/d/letters/{token}/cv/1").status_code == 404


def test_preceptor_with_another_address_leaves_a_dead_link(
    door: str, letter: Letter, now: dt.datetime
) -> None:
    move(letter, "new@example.test")
    assert Client().get(door).status_code == 410
    fresh = letters().get(pk=letter.pk)
    with pytest.raises(PermissionDenied):
        accept_letter(fresh, was="requested", can_do=[], note="", now=now)


def test_writer_opts_out_and_in_again(door: str, letter: Letter) -> None:
    client = Client()
    for _twice in range(2):
        client.post(door, {"what": "stop"})
    assert Quiet.objects.get().preceptor == letter.preceptor
    assert "Write to me again" in text(door)
    client.post(door, {"what": "resume"})
    client.post(door, {"what": "resume"})
    assert not Quiet.objects.exists()


def test_named_writer_opts_out_by_address(placement: Placement, now: dt.datetime) -> None:
    named = a_letter(placement, now, preceptor=None, name="Otto", email="Otto@example.test")
    Client().post(f"/d/letters/{door_to(named, now)}", {"what": "stop"})
    assert (Quiet.objects.get().preceptor, Quiet.objects.get().email) == (None, "otto@example.test")


# The packet.


@pytest.fixture
def shared(letter: Letter, amina: User, scanner: object, now: dt.datetime) -> Letter:
    """With CV, days and number; three days were confirmed by the writer."""
    checked(amina, now)
    Profile.objects.filter(user=amina).update(aamc_id="12345678")
    confirm(letter.placement, days_of(letter.placement)[:3], now)
    share_packet(letter, ["cv", "days", "aamc_id"], "ID-4711", actor=amina, now=now)
    return letters().get(pk=letter.pk)


def test_packet_opens_once_accepted_and_every_view_is_the_learners_to_see(
    door: str, shared: Letter, amina: User, now: dt.datetime
) -> None:
    page = text(door)
    assert "3 days, 24 hours; 3 of the days with you" in page
    assert "12345678" not in page
    assert Client().get(f"{door}/cv/1").status_code == 404
    accept_letter(shared, was="requested", can_do=[], note="", now=now)
    page = text(door)
    for words in ("12345678", "ID-4711", "/cv/1", "guest"):
        assert words in page
    picture = Client().get(f"{door}/cv/1")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert picture.getvalue()[:2] == b"\xff\xd8"
    assert Client().get(f"{door}/cv/9").status_code == 404
    seen = client_of(amina).get(f"/letters/{shared.public_id}").content.decode()
    assert "Packet opened, Wed 21 Oct 2026, 12:00 Chicago" in seen
    assert "CV opened, Wed 21 Oct 2026, 12:00 Chicago" in seen
    text(door)
    assert PacketView.objects.count() == 2  # again within the hour


def test_what_is_taken_back_is_gone_at_once(
    door: str, shared: Letter, amina: User, now: dt.datetime
) -> None:
    accept_letter(shared, was="requested", can_do=[], note="", now=now)
    share_packet(shared, [], "", actor=amina, now=now)
    page = text(door)
    for words in ("12345678", "ID-4711", "/cv/1", "24 hours"):
        assert words not in page
    assert Client().get(f"{door}/cv/1").status_code == 404


def test_packet_closes_with_the_submission(door: str, shared: Letter, now: dt.datetime) -> None:
    accept_letter(shared, was="requested", can_do=[], note="", now=now)
    say_submitted(shared, was="accepted", now=now)
    page = text(door)
    for words in ("12345678", "/cv/1", "24 hours", "I hope to match"):
        assert words not in page
    assert Client().get(f"{door}/cv/1").status_code == 404
    assert shared.cv is not None
    assert shared.cv.uses.get().ends_on == now.date()


def test_canceled_midway_the_request_stands_and_its_page_opens(
    door: str, shared: Letter, amina: User, now: dt.datetime
) -> None:
    accept_letter(shared, was="requested", can_do=[], note="", now=now)
    booking = shared.placement.booking
    type(booking).objects.filter(pk=booking.pk).update(state="canceled")
    assert "3 days, 24 hours" in text(door)
    page = client_of(amina).get(f"/letters/{shared.public_id}")
    assert page.status_code == 200
    assert "/letter/ask" not in page.content.decode()
