"""The learner asks; who cannot be asked, and why."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from applicants.profiles.models import Profile
from rotations.bookings.models import Booking
from rotations.letters.actions import (
    CannotAsk,
    NotOpen,
    ask_for_letter,
    confirm_letter,
    share_packet,
    withdraw_letter,
)
from rotations.letters.models import Letter, Quiet
from rotations.letters.queries import letters_for, writers_for
from rotations.placements.models import Placement
from rotations.providers.models import Preceptor, Provider, Shown
from tests.factories.letters import a_letter, a_wish, door_to
from tests.factories.papers import checked
from tests.factories.placements import a_placement
from tests.rotations.placements.house import another
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.limits.actions import TooOften
from usce.links.queries import find
from usce.notifications.actions import deliver, suppress
from usce.notifications.models import Mail
from usce.states import TransitionRefused

D = dt.timedelta(days=1)


def test_request_is_written_with_its_choice_and_its_mail(
    letter: Letter, amina: User, now: dt.datetime
) -> None:
    preceptor = letter.placement.booking.offer.preceptor
    assert (letter.state, letter.waived, letter.writer_email) == (
        "requested", True, preceptor.email,
    )  # fmt: skip
    assert letter.remind_on == letter.due_on - 21 * D
    mail = Mail.objects.get(event="letters.asked")
    assert mail.address == preceptor.email
    assert "hope to match" not in str(mail.facts)
    entry = AuditEntry.objects.get(action="letters.letter.requested")
    assert entry.changes == {"target": [None, "eras"], "waived": [None, True]}


def test_mail_carries_a_door_that_is_minted_when_it_leaves(
    letter: Letter, mailoutbox: list[Any], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    deliver(Mail.objects.get(event="letters.asked"), now=dt.datetime.now(dt.UTC))
    body = str(mailoutbox[0].body)
    path = body[body.index("/d/letters/") :].split(maxsplit=1)[0]
    assert Client().get(path).status_code == 200


def test_only_the_learner_asks(placement: Placement, bruno: User, dora: User, chen: User) -> None:
    wish = a_wish(placement, dt.datetime.now(dt.UTC))
    for other in (bruno, dora, chen):
        with pytest.raises(PermissionDenied):
            ask_for_letter(placement, wish, actor=other, now=dt.datetime.now(dt.UTC))


@pytest.mark.parametrize(
    ("email", "word"),
    [
        ("chen@example.test", "address of Rounds"),
        ("CHEN@Example.test", "address of Rounds"),
        ("notices@rounds.example", "address of Rounds"),
        ("somebody@testserver", "address of Rounds"),
        ("Amina@example.test", "your own address"),
        ("gone@example.test", "came back"),
    ],
)
def test_address_behind_which_no_writer_can_be_is_refused(
    placement: Placement, chen: User, now: dt.datetime, settings: Any, email: str, word: str
) -> None:
    settings.SITE_HOST = "testserver"
    suppress("gone@example.test", reason="bounced 550", now=now)
    with pytest.raises(CannotAsk, match=word):
        a_letter(placement, now, preceptor=None, name="Ines Okafor", email=email)
    assert not Mail.objects.filter(event="letters.asked").exists()


def test_shared_mailbox_serves_two_writers(placement: Placement, now: dt.datetime) -> None:
    first = placement.booking.offer.preceptor
    second = another(placement)
    Preceptor.objects.filter(pk=second.pk).update(email=first.email, shown=Shown.PUBLIC)
    second.refresh_from_db()
    a_letter(placement, now)
    a_letter(placement, now, preceptor=second)
    assert Mail.objects.filter(event="letters.asked", address=first.email).count() == 2


def test_one_live_request_for_each_writer_and_target(
    placement: Placement, now: dt.datetime, amina: User
) -> None:
    first = a_letter(placement, now)
    with pytest.raises(CannotAsk, match="asked this writer"):
        a_letter(placement, now)
    a_letter(placement, now, target="residencycas")
    withdraw_letter(first, actor=amina, now=now)
    a_letter(placement, now)
    named = {"preceptor": None, "name": "Otto Lang", "email": "otto@example.test"}
    a_letter(placement, now, **named)
    with pytest.raises(CannotAsk, match="asked this writer"):
        a_letter(placement, now, **(named | {"email": "OTTO@example.test"}))


@pytest.mark.parametrize("days", [-2, 381])
def test_too_early_and_too_late_are_refused(placement: Placement, days: int) -> None:
    at = dt.datetime(2026, 10, 16, 12, tzinfo=dt.UTC) + days * D
    with pytest.raises(CannotAsk, match="last two weeks"):
        a_letter(placement, at)


@pytest.mark.parametrize("days", [6, 366])
def test_due_date_leaves_a_week_and_no_more_than_a_year(
    placement: Placement, now: dt.datetime, days: int
) -> None:
    with pytest.raises(CannotAsk, match="a week at least"):
        a_letter(placement, now, due_on=now.date() + days * D)


def test_choice_is_signed_with_the_own_name(
    placement: Placement, amina: User, now: dt.datetime
) -> None:
    with pytest.raises(CannotAsk, match="Type your own name"):
        a_letter(placement, now, signed_name="Dora Lind")
    User.objects.filter(pk=amina.pk).update(full_name="")
    nameless = User.objects.get(pk=amina.pk)
    with pytest.raises(CannotAsk, match="no name yet"):
        ask_for_letter(placement, a_wish(placement, now), actor=nameless, now=now)


def test_choice_about_the_right_to_see_it_never_changes(letter: Letter) -> None:
    for told in ({"waived": False}, {"target": "other"}, {"form": "standardized"}):
        with pytest.raises(IntegrityError, match="rows are only added"), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(**told)
    with pytest.raises(IntegrityError, match="rows are only added"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).delete()


@pytest.mark.parametrize(
    "told",
    [
        {"state": "accepted"},
        {"state": "submitted", "answered_at": "now"},
        {"state": "confirmed", "answered_at": "now", "submitted_at": "now"},
        {"state": "withdrawn"},
        {"can_do": ["skills"], "asks": []},
        {"shares": ["passport"]},
        {"state": "wrong"},
    ],
)
def test_database_refuses_nonsense(letter: Letter, now: dt.datetime, told: dict[str, Any]) -> None:
    values = {name: now if value == "now" else value for name, value in told.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**values)


def test_general_letter_is_a_narrative_one(placement: Placement, now: dt.datetime) -> None:
    assert a_letter(placement, now, form="standardized").form == "narrative"


def test_writer_of_another_host_cannot_be_chosen(
    placement: Placement, dora: User, now: dt.datetime
) -> None:
    elsewhere = another(placement)
    with pytest.raises(CannotAsk, match="Choose a physician"):
        a_letter(placement, now, preceptor=elsewhere)  # shown to nobody but in an offer
    assert elsewhere not in writers_for(placement)
    Preceptor.objects.filter(pk=elsewhere.pk).update(shown=Shown.SIGNED_IN)
    assert writers_for(placement) == [placement.booking.offer.preceptor, elsewhere]


def test_writer_who_wants_no_mails_is_left_alone(placement: Placement, now: dt.datetime) -> None:
    Quiet.objects.create(preceptor=placement.booking.offer.preceptor, since_at=now)
    Quiet.objects.create(email="otto@example.test", since_at=now)
    with pytest.raises(CannotAsk, match="wants no mails"):
        a_letter(placement, now)
    with pytest.raises(CannotAsk, match="wants no mails"):
        a_letter(placement, now, preceptor=None, name="Otto", email="Otto@example.test")


def test_rotation_that_is_not_under_way_gives_no_letter(
    placement: Placement, now: dt.datetime
) -> None:
    Booking.objects.filter(pk=placement.booking_id).update(state="confirmed")
    with pytest.raises(CannotAsk, match="under way"):
        a_letter(placement, now)


def test_seventh_request_of_a_day_is_too_often(placement: Placement, now: dt.datetime) -> None:
    for number in range(6):
        a_letter(placement, now, preceptor=None, name="Otto", email=f"otto{number}@example.test")
    with pytest.raises(TooOften):
        a_letter(placement, now, preceptor=None, name="Otto", email="otto7@example.test")


# What the learner does with it afterwards.


def test_shares_only_what_is_there_and_ticked(
    letter: Letter, amina: User, scanner: object, now: dt.datetime
) -> None:
    assert (letter.shares, letter.cv) == ([], None)
    wanted = ["cv", "days", "aamc_id"]
    assert share_packet(letter, wanted, "A1", actor=amina, now=now).shares == ["days"]
    cv = checked(amina, now)
    Profile.objects.filter(user=amina).update(aamc_id="12345678")
    share_packet(letter, wanted, "A1B2", actor=amina, now=now)
    letter.refresh_from_db()
    assert (letter.cv, letter.letter_id, set(letter.shares)) == (cv, "A1B2", set(wanted))
    assert cv.uses.get().ends_on is None
    share_packet(letter, [], "", actor=amina, now=now)
    assert (letter.cv, letter.shares, cv.uses.get().ends_on) == (None, [], now.date())
    share_packet(letter, ["cv"], "", actor=amina, now=now)
    assert cv.uses.get().ends_on is None


def test_withdrawn_closes_the_doors_and_tells_the_writer(
    letter: Letter, amina: User, now: dt.datetime
) -> None:
    token = door_to(letter, now)
    withdraw_letter(letter, actor=amina, now=now)
    assert find(token, scope="letters.writer", now=now) is None
    mail = Mail.objects.get(event="letters.withdrawn")
    assert (mail.address, mail.facts["path"]) == (letter.writer_email, "")
    with pytest.raises(TransitionRefused):
        withdraw_letter(letter, actor=amina, now=now)
    with pytest.raises(NotOpen):
        share_packet(letter, [], "", actor=amina, now=now)


def test_nobody_else_keeps_it(
    letter: Letter, bruno: User, dora: User, chen: User, now: dt.datetime
) -> None:
    for other in (bruno, dora, chen):
        assert not letters_for(other).exists()
        for step in (withdraw_letter, confirm_letter):
            with pytest.raises(PermissionDenied):
                step(letter, actor=other, now=now)
        with pytest.raises(PermissionDenied):
            share_packet(letter, [], "", actor=other, now=now)


def test_letter_not_submitted_cannot_be_seen(letter: Letter, amina: User, now: dt.datetime) -> None:
    with pytest.raises(TransitionRefused):
        confirm_letter(letter, actor=amina, now=now)


def test_other_learner_asks_the_same_writer(
    letter: Letter, provider: Provider, dora: User, now: dt.datetime
) -> None:
    theirs = a_placement(provider, dora, now)
    preceptor = letter.preceptor
    assert preceptor is not None
    Preceptor.objects.filter(pk=preceptor.pk).update(shown=Shown.PUBLIC)
    assert a_letter(theirs, now, preceptor=preceptor).state == "requested"
