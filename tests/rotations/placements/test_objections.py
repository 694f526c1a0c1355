import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from rotations.placements.actions import (
    CannotObject,
    decide_objection,
    object_to_day,
    settle_days,
)
from rotations.placements.models import Day, Objection, Placement
from rotations.placements.states import DayState
from tests.factories.placements import days_of
from tests.rotations.placements.house import A, confirm, link, marks
from usce.accounts.models import User
from usce.cases.models import Case
from usce.jobs.models import Outage
from usce.notifications.models import Mail
from usce.states import TransitionRefused

D = dt.timedelta(days=1)


@pytest.fixture
def missed(placement: Placement, friday: dt.datetime) -> Day:
    day = days_of(placement)[0]
    settle_days(placement, marks([day], A), host=link(placement), now=friday)
    day.refresh_from_db()
    day.placement = placement
    return day


def test_objection_opens_a_case(missed: Day, amina: User, friday: dt.datetime) -> None:
    made = object_to_day(missed, "I was there\n", actor=amina, now=friday)
    case = Case.objects.get(kind="placements.objection")
    assert (case.subject_id, case.queue) == (made.pk, "trust")
    assert "5 Oct 2026 recorded as absent" in case.title
    with pytest.raises(CannotObject, match="already"):
        object_to_day(missed, "Again", actor=amina, now=friday)


def test_objection_needs_words_a_missed_day_and_two_weeks(
    missed: Day, placement: Placement, amina: User, friday: dt.datetime
) -> None:
    with pytest.raises(CannotObject, match="Say what"):
        object_to_day(missed, " ", actor=amina, now=friday)
    with pytest.raises(CannotObject, match="14 days"):
        object_to_day(missed, "I was", actor=amina, now=friday + 15 * D)
    confirm(placement, days_of(placement)[1:2], friday)
    for other in days_of(placement)[1:3]:
        other.placement = placement
        with pytest.raises(CannotObject, match="recorded as missed"):
            object_to_day(other, "I was", actor=amina, now=friday)


def test_outage_prolongs_the_two_weeks(missed: Day, amina: User, friday: dt.datetime) -> None:
    Outage.objects.create(began_at=friday + D, ended_at=friday + 2 * D, reason="t")
    assert object_to_day(missed, "I was", actor=amina, now=friday + 15 * D)


def test_only_the_learner_objects_and_only_trust_decides(
    missed: Day, amina: User, bruno: User, dora: User, chen: User, friday: dt.datetime
) -> None:
    for other in (bruno, dora, chen):
        with pytest.raises(PermissionDenied):
            object_to_day(missed, "x", actor=other, now=friday)
    made = object_to_day(missed, "I was", actor=amina, now=friday)
    for other in (amina, bruno, chen):
        with pytest.raises(PermissionDenied):
            decide_objection(made, is_upheld=True, answer="x", actor=other, now=friday)


def test_upheld_day_counts(missed: Day, amina: User, trudy: User, friday: dt.datetime) -> None:
    made = object_to_day(missed, "I was there", actor=amina, now=friday)
    with pytest.raises(CannotObject):
        decide_objection(made, is_upheld=True, answer=" ", actor=trudy, now=friday)
    decide_objection(made, is_upheld=True, answer="The list has you.", actor=trudy, now=friday)
    missed.refresh_from_db()
    assert (missed.state, missed.minutes, missed.why, missed.settled_by) == (
        DayState.CONFIRMED, 480, "", trudy,
    )  # fmt: skip
    assert Case.objects.get(kind="placements.objection").decision == "upheld"
    assert Mail.objects.get(event="placements.objection_decided").facts["is_upheld"] is True
    with pytest.raises(TransitionRefused):
        decide_objection(made, is_upheld=False, answer="No", actor=trudy, now=friday)


def test_declined_day_stays(missed: Day, amina: User, trudy: User, friday: dt.datetime) -> None:
    made = object_to_day(missed, "I was there", actor=amina, now=friday)
    decide_objection(made, is_upheld=False, answer="Nobody saw you.", actor=trudy, now=friday)
    missed.refresh_from_db()
    assert missed.state == DayState.ABSENT
    assert Objection.objects.get().answer == "Nobody saw you."


def test_day_corrected_meanwhile_is_left_alone(
    missed: Day, placement: Placement, amina: User, trudy: User, friday: dt.datetime
) -> None:
    made = object_to_day(missed, "I was there", actor=amina, now=friday)
    settle_days(placement, marks([missed], DayState.CONFIRMED), host=link(placement), now=friday)
    decide_objection(made, is_upheld=True, answer="Yes.", actor=trudy, now=friday)
    missed.refresh_from_db()
    assert missed.settled_by_preceptor is not None
