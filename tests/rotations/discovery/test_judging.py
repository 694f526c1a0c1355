"""The saved list is judged anew when something changes, and its owner is told once."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from applicants.profiles.actions import save_facts
from rotations.catalog.models import Requirement, Rotation
from rotations.discovery.actions import judge_saved, save_rotation
from rotations.discovery.models import SavedRotation
from rotations.discovery.tasks import judge_all, judge_changed, judge_lists
from rotations.eligibility.actions import note_packs
from tests.factories.applications import ApplicationFactory
from tests.factories.catalog import OpeningFactory, RequirementFactory, RotationFactory
from usce.accounts.models import User
from usce.jobs.models import Job
from usce.notifications.models import Mail
from usce.permissions import SYSTEM

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=1)


@pytest.fixture
def saved(amina: User, now: dt.datetime) -> list[Rotation]:
    """Three that ask for a graduation since 2021, judged once."""
    rotations: list[Rotation] = []
    for _ in range(3):
        rotation = RotationFactory()
        OpeningFactory(rotation=rotation)
        RequirementFactory(rotation=rotation)
        save_rotation(rotation, actor=amina, now=now)
        rotations.append(rotation)
    judge_saved(amina, actor=SYSTEM, now=now)
    return rotations


def told(event: str) -> list[dict[str, Any]]:
    return [mail.facts for mail in Mail.objects.filter(event=f"discovery.{event}").order_by("id")]


def test_first_look_tells_nothing(saved: list[Rotation]) -> None:
    assert set(SavedRotation.objects.values_list("outcome", flat=True)) == {"unknown"}
    assert not Mail.objects.exists()


def test_what_opens_is_told_in_one_mail_and_once(
    saved: list[Rotation], amina: User, now: dt.datetime
) -> None:
    save_facts(amina, {"graduation_year": 2024}, actor=amina, now=now)
    for days in (1, 2):
        judge_saved(amina, actor=SYSTEM, now=now + days * LATER)
    (mail,) = told("now_qualify")
    assert (mail["count"], mail["path"]) == (3, "/saved")
    assert mail["lines"][0] == {
        "title": saved[0].title, "town": "Chicago", "starts_on": "2026-10-05",
    }  # fmt: skip
    assert told("saved_rule_changed") == []


def test_what_closes_by_ones_own_answer_is_not_told(
    saved: list[Rotation], amina: User, now: dt.datetime
) -> None:
    save_facts(amina, {"graduation_year": 1990}, actor=amina, now=now)
    judge_saved(amina, actor=SYSTEM, now=now + LATER)
    assert not Mail.objects.exists()


def test_changed_rule_is_told_for_its_rotation(
    saved: list[Rotation], amina: User, now: dt.datetime
) -> None:
    RequirementFactory(rotation=saved[1], kind="step1_passed", params={})
    for days in (1, 2):
        judge_saved(amina, actor=SYSTEM, now=now + days * LATER)
    (mail,) = told("saved_rule_changed")
    assert mail["changes"] == ["New: USMLE Step 1 passed"]
    assert mail["sentence"] == "Two answers are missing to tell."
    assert saved[1].public_id in mail["path"]


def test_nothing_is_told_of_what_cannot_be_applied_for(
    saved: list[Rotation], amina: User, now: dt.datetime
) -> None:
    Rotation.objects.filter(pk=saved[0].pk).update(state="paused")
    saved[1].openings.update(taken=2)
    ApplicationFactory(applicant=amina, opening=saved[2].openings.get())
    Requirement.objects.all().delete()
    judge_saved(amina, actor=SYSTEM, now=now + LATER)
    assert not Mail.objects.exists()


def test_a_person_judges_nothing(amina: User, now: dt.datetime) -> None:
    with pytest.raises(PermissionDenied):
        judge_saved(amina, actor=amina, now=now)  # type: ignore[arg-type]


def queued() -> list[list[int]]:
    jobs = Job.objects.filter(name="discovery.judge_saved").order_by("id")
    found = [job.args["user_ids"] for job in jobs]
    jobs.delete()
    return found


def test_job_finds_lists_that_a_change_touches(
    saved: list[Rotation], amina: User, now: dt.datetime
) -> None:
    real = dt.datetime.now(dt.UTC)
    Rotation.objects.update(updated_at=now - 365 * LATER)
    judge_changed()
    assert queued() == []
    Rotation.objects.filter(pk=saved[0].pk).update(updated_at=real)
    judge_changed()
    assert queued() == [[amina.pk]]
    judge_all()
    assert queued() == [[amina.pk]]
    Rotation.objects.update(updated_at=now - 365 * LATER)
    note_packs(actor=SYSTEM, now=real)
    judge_changed()
    assert queued() == [[amina.pk]]
    judge_lists([amina.pk, 0])
