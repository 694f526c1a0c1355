"""Staff hear of what is about to be late and of what failed for good, each once."""

import datetime as dt

import pytest

from rotations.console.actions import tell_of_due_cases, tell_of_failed_jobs
from rotations.console.tasks import tell_staff_of_due_cases, tell_staff_of_failed_jobs
from tests.factories.accounts import UserFactory
from usce.accounts.models import User
from usce.cases.models import Case, Queue
from usce.cases.states import CaseState
from usce.jobs.models import Job, JobState
from usce.notifications.models import Mail

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def case(db: None, now: dt.datetime) -> Case:
    return Case.objects.create(
        kind="t.thing", title="R-1042: Cardiology", queue=Queue.REVIEWER, subject_type="t.thing",
        subject_id=1, due_at=now, opened_at=now - 24 * HOUR,
    )  # fmt: skip


def failed(name: str, at: dt.datetime) -> Job:
    return Job.objects.create(
        name=name, run_after=at, created_at=at, state=JobState.FAILED, finished_at=at
    )


def told() -> list[str]:
    return list(Mail.objects.order_by("id").values_list("address", flat=True))


@pytest.mark.usefixtures("case", "fay", "dora")
def test_case_about_to_be_late_is_told_once_to_who_works_its_queue(
    chen: User, now: dt.datetime
) -> None:
    tell_of_due_cases(now - 5 * HOUR)
    assert told() == []
    for moment in (now - 4 * HOUR, now - HOUR, now + HOUR):
        tell_of_due_cases(moment)
    assert told() == [chen.email]


def test_case_that_somebody_took_is_told_to_that_person(
    case: Case, chen: User, now: dt.datetime
) -> None:
    other = UserFactory(staff_roles=["reviewer"])
    Case.objects.filter(pk=case.pk).update(owner=other, state=CaseState.WAITING)
    tell_of_due_cases(now)
    assert told() == [other.email]
    assert chen.email not in told()


def test_decided_case_is_told_to_nobody(case: Case, chen: User, now: dt.datetime) -> None:
    Case.objects.filter(pk=case.pk).update(state=CaseState.DECIDED, decided_at=now)
    tell_of_due_cases(now)
    tell_staff_of_due_cases()
    assert told() == []
    assert chen.is_staff


@pytest.mark.usefixtures("chen")
def test_failed_job_is_told_once_to_who_can_look_at_it(fay: User, now: dt.datetime) -> None:
    ada = UserFactory(email="ada@example.test", staff_roles=["admin"])
    failed("payments.check_ledger", now)
    failed("notifications.deliver", now)
    failed("payments.check_ledger", now - 30 * HOUR)
    for moment in (now, now + HOUR):
        tell_of_failed_jobs(moment)
    assert sorted(told()) == sorted([ada.email, fay.email])
    tell_staff_of_failed_jobs()
    assert len(told()) == 2
