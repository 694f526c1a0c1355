"""The calendar: each reminder once, also when the sweep is late, runs twice, or is killed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from rotations.bookings.models import Booking
from rotations.letters import tasks
from rotations.letters.actions import (
    Another,
    accept_letter,
    decline_letter,
    let_lapse,
    remind_of_letter,
    say_submitted,
    tell_of_silence,
    withdraw_letter,
)
from rotations.letters.models import Letter, Quiet
from rotations.letters.queries import letters
from rotations.placements.models import Placement
from tests.factories.letters import a_letter, door_to, move
from tests.factories.placements import MONDAY
from usce.accounts.models import User
from usce.links.queries import find
from usce.notifications.models import Mail

CHICAGO = ZoneInfo("America/Chicago")
D, H = dt.timedelta(days=1), dt.timedelta(hours=1)
WRITER, TEAM = "letters.reminder", "letters.overdue"


def day(letter: Letter, step: int, hour: int = 9) -> dt.datetime:
    due: dt.date = letter.due_on
    return dt.datetime.combine(due + step * D, dt.time(hour), CHICAGO).astimezone(dt.UTC)


def sweep_at(moment: dt.datetime) -> None:
    with time_machine.travel(moment):
        tasks.remind()


def reminded() -> list[tuple[str, str]]:
    rows = Mail.objects.filter(event__in=(WRITER, TEAM)).order_by("id")
    return [(mail.event.rpartition(".")[2], mail.unique_key.split(":")[2]) for mail in rows]


def test_each_reminder_goes_once_on_its_day(letter: Letter, now: dt.datetime) -> None:
    accept_letter(letter, was="requested", can_do=[], note="", now=now)
    moment = now
    while moment < day(letter, 20):
        sweep_at(moment)
        moment += 7 * H
    writer = [("reminder", step) for step in ("-21", "-10", "-3", "0")]
    assert reminded() == [*writer, ("overdue", "3"), ("overdue", "7")]
    assert {mail.address for mail in Mail.objects.filter(event=WRITER)} == {letter.writer_email}


def test_reminder_waits_for_nine_at_the_site(letter: Letter) -> None:
    sweep_at(day(letter, -21) - dt.timedelta(minutes=1))
    assert reminded() == []
    for _twice in range(2):
        sweep_at(day(letter, -21))
    assert reminded() == [("reminder", "-21")]


def test_late_sweep_sends_the_last_one_alone(letter: Letter) -> None:
    sweep_at(day(letter, -5))
    assert reminded() == [("reminder", "-10")]
    sweep_at(day(letter, 9))
    assert reminded()[1:] == [("overdue", "7")]


def test_request_close_to_its_date_skips_what_has_passed(
    placement: Placement, now: dt.datetime
) -> None:
    letter = a_letter(placement, now, due_on=now.date() + 9 * D)
    assert letter.remind_on == letter.due_on - 3 * D


@pytest.mark.parametrize("end", ["submitted", "declined", "withdrawn", "moved", "quiet"])
def test_reminders_stop(letter: Letter, amina: User, now: dt.datetime, end: str) -> None:
    accept_letter(letter, was="requested", can_do=[], note="", now=now)
    if end == "submitted":
        say_submitted(letter, was="accepted", now=now)
    elif end == "declined":
        decline_letter(letter, was="accepted", why="", another=Another(), now=now)
    elif end == "withdrawn":
        withdraw_letter(letter, actor=amina, now=now)
    elif end == "moved":
        move(letter, "new@example.test")
    else:
        Quiet.objects.create(preceptor=letter.preceptor, since_at=now)
    for step in (-21, -10, -3, 0):
        sweep_at(day(letter, step))
    assert reminded() == []


def test_sweep_that_read_before_the_answer_writes_nothing(letter: Letter, now: dt.datetime) -> None:
    """The row was chosen, then the writer submitted: under the lock it is looked at again."""
    stale = letters().get(pk=letter.pk)
    accept_letter(letter, was="requested", can_do=[], note="", now=now)
    say_submitted(letter, was="accepted", now=now)
    remind_of_letter(stale, now=day(letter, -21))
    tell_of_silence(stale, now=day(letter, -1))
    let_lapse(stale, now=day(letter, 90))
    assert Mail.objects.exclude(event__in=("letters.asked", "letters.accepted")).count() == 1


def test_team_is_not_told_of_somebody_elses_letter(placement: Placement, now: dt.datetime) -> None:
    named = a_letter(placement, now, preceptor=None, name="Otto", email="otto@example.test")
    sweep_at(day(named, 3))
    assert reminded() == []


def test_silence_is_told_once_with_a_way_on(letter: Letter, amina: User) -> None:
    for days in (9, 10, 10, 12):
        with time_machine.travel(letter.asked_at + days * D):
            tasks.tell_of_silence()
    mail = Mail.objects.get(event="letters.silent")
    assert (mail.recipient, mail.facts["path"]) == (amina, f"/letters/{letter.public_id}")
    assert Mail.objects.get(event="letters.silent").created_at == letter.asked_at + 10 * D


def test_answered_request_is_not_silent(letter: Letter, now: dt.datetime) -> None:
    accept_letter(letter, was="requested", can_do=[], note="", now=now)
    with time_machine.travel(now + 11 * D):
        tasks.tell_of_silence()
    assert not Mail.objects.filter(event="letters.silent").exists()


@pytest.mark.parametrize(("is_accepted", "last"), [(False, 7), (True, 60)])
def test_what_nobody_follows_up_ends(
    letter: Letter, now: dt.datetime, is_accepted: bool, last: int
) -> None:
    token = door_to(letter, now, days=200)
    if is_accepted:
        accept_letter(letter, was="requested", can_do=[], note="", now=now)
    with time_machine.travel(day(letter, last, 23)):
        tasks.let_lapse()
    letter.refresh_from_db()
    assert letter.state != "expired"
    for _twice in range(2):
        with time_machine.travel(day(letter, last + 1, 2)):
            tasks.let_lapse()
    letter.refresh_from_db()
    assert (letter.state, find(token, scope="letters.writer", now=now)) == ("expired", None)
    assert Mail.objects.get(event="letters.lapsed").facts["has_moved"] is False


def test_request_to_an_address_that_changed_ends_and_the_learner_hears_why(
    letter: Letter, now: dt.datetime
) -> None:
    move(letter, "new@example.test")
    with time_machine.travel(now + H):
        tasks.let_lapse()
    letter.refresh_from_db()
    assert letter.state == "expired"
    assert Mail.objects.get(event="letters.lapsed").facts["has_moved"] is True
    a_letter(letter.placement, now + H)
    assert Mail.objects.filter(event="letters.asked", address="new@example.test").exists()


def test_address_in_other_letters_is_the_same(letter: Letter, now: dt.datetime) -> None:
    move(letter, letter.writer_email.upper())
    with time_machine.travel(now + H):
        tasks.let_lapse()
    letter.refresh_from_db()
    assert letter.state == "requested"


def test_it_is_time_to_ask_two_weeks_before_the_end_once(placement: Placement, amina: User) -> None:
    last = MONDAY + 25 * D
    for days in (-15, -14, -13, -1, 14):
        with time_machine.travel(dt.datetime.combine(last + days * D, dt.time(15), dt.UTC)):
            tasks.invite()
        assert Mail.objects.filter(event="letters.time_to_ask").exists() is (days > -15)
    assert Mail.objects.get(event="letters.time_to_ask").recipient == amina


def test_who_has_asked_is_not_told_to(letter: Letter, now: dt.datetime) -> None:
    with time_machine.travel(now):
        tasks.invite()
    assert not Mail.objects.filter(event="letters.time_to_ask").exists()


def test_canceled_rotation_is_not_told_to_ask(placement: Placement, now: dt.datetime) -> None:
    Booking.objects.filter(pk=placement.booking_id).update(state="confirmed")
    with time_machine.travel(now):
        tasks.invite()
    assert not Mail.objects.filter(event="letters.time_to_ask").exists()
