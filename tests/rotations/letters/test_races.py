"""Many at once on a committed database."""

import datetime as dt
from collections.abc import Callable

import pytest

from rotations.letters.actions import (
    Another,
    accept_letter,
    ask_for_letter,
    decline_letter,
    remind_of_letter,
)
from rotations.letters.models import Letter
from rotations.letters.queries import letters
from rotations.placements.models import Placement
from rotations.placements.queries import placement_by_id
from tests.factories.accounts import UserFactory
from tests.factories.letters import a_letter, a_wish
from tests.factories.placements import MONDAY, a_placement
from tests.factories.providers import ProviderFactory
from tests.support.races import at_once
from usce.notifications.models import Mail

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("clean_db")]
NOW = dt.datetime(2026, 10, 21, 17, tzinfo=dt.UTC)


def a_rotation() -> Placement:
    learner = UserFactory(full_name="Lina Ortega")
    return a_placement(ProviderFactory(), learner, NOW, MONDAY)


def test_writer_is_asked_once_however_often_the_button_is_pressed() -> None:
    placement = a_rotation()
    learner, wish = placement.booking.applicant, a_wish(placement, NOW)

    def call() -> object:
        return ask_for_letter(placement_by_id(placement.pk), wish, actor=learner, now=NOW)

    assert at_once([call] * 5) == {"Letter": 1, "CannotAsk": 4}
    assert (Letter.objects.count(), Mail.objects.filter(event="letters.asked").count()) == (1, 1)


def test_of_two_answers_at_once_one_holds() -> None:
    letter = a_letter(a_rotation(), NOW)

    def accept() -> object:
        found = letters().get(pk=letter.pk)
        return accept_letter(found, was="requested", can_do=[], note="", now=NOW)

    def decline() -> object:
        found = letters().get(pk=letter.pk)
        return decline_letter(found, was="requested", why="", another=Another(), now=NOW)

    found = at_once([accept, decline])
    letter.refresh_from_db()
    assert found["Letter"] == 1
    assert letter.state in ("accepted", "declined")
    told = Mail.objects.filter(event__in=("letters.accepted", "letters.declined"))
    assert [mail.event.rpartition(".")[2] for mail in told] == [letter.state]


def test_many_workers_remind_once() -> None:
    letter = a_letter(a_rotation(), NOW)
    due: dt.date = letter.due_on
    at = dt.datetime.combine(due - dt.timedelta(days=10), dt.time(18), dt.UTC)

    def remind() -> Callable[[], object]:
        found = letters().get(pk=letter.pk)
        return lambda: remind_of_letter(found, now=at)

    assert at_once([remind() for _ in range(5)]) == {"NoneType": 5}
    assert Mail.objects.filter(event="letters.reminder").count() == 1
