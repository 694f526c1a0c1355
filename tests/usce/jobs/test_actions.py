import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from usce.accounts.models import User
from usce.jobs import registry
from usce.jobs.actions import claim, enqueue, queue_periodic, retry_job, run
from usce.jobs.models import Job, JobState, PeriodicRun
from usce.jobs.tasks import drain
from usce.requestinfo import current_request_id, request_id

seen: list[object] = []


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    known = dict(registry._entries)
    seen.clear()

    @registry.job("test.note", attempts=3)
    def note(word: str) -> None:
        seen.append((word, current_request_id()))

    @registry.job("test.fail", attempts=2)
    def fail(word: str) -> None:
        raise RuntimeError(word)

    yield
    registry._entries.clear()
    registry._entries.update(known)


def test_drain_runs_what_was_queued_with_its_request_id(clean_db: str) -> None:
    with request_id("request-0001"):
        enqueue("test.note", word="hello")
    assert drain() >= 1
    assert seen == [("hello", "request-0001")]
    assert Job.objects.get(name="test.note").state == JobState.DONE


def test_enqueue_leaves_no_job_when_the_caller_rolls_back(db: None) -> None:
    def queue_and_fail() -> None:
        with transaction.atomic():
            enqueue("test.note", word="lost")
            raise IntegrityError

    with pytest.raises(IntegrityError):
        queue_and_fail()
    assert not Job.objects.filter(name="test.note").exists()


def test_enqueue_with_a_waiting_twin_does_nothing(db: None) -> None:
    enqueue("test.note", unique_key="k", word="one")
    enqueue("test.note", unique_key="k", word="two")
    assert [job.args for job in Job.objects.filter(name="test.note")] == [{"word": "one"}]


def test_failing_job_waits_longer_then_rests_as_failed(clean_db: str) -> None:
    enqueue("test.fail", unique_key="k", word="broken")
    now = timezone.now() + dt.timedelta(seconds=1)
    for _attempt in range(2):
        claimed = claim(now)
        assert claimed is not None
        assert run(claimed) is False
        now += dt.timedelta(hours=1)
    job = Job.objects.get(name="test.fail")
    assert (job.state, job.attempts) == (JobState.FAILED, 2)
    assert "RuntimeError: broken" in job.error


def test_unknown_name_fails_at_once_with_its_error(clean_db: str) -> None:
    enqueue("test.never_registered")
    drain()
    assert Job.objects.get(name="test.never_registered").state == JobState.FAILED


def test_abandoned_job_is_claimed_again_after_its_lease(db: None, now: dt.datetime) -> None:
    job = Job.objects.create(
        name="test.note",
        args={"word": "w"},
        run_after=now,
        created_at=now,
        state=JobState.RUNNING,
        attempts=1,
        locked_until=now,
    )
    assert claim(now) is None
    again = claim(now + dt.timedelta(seconds=1))
    assert again is not None
    assert (again.pk, again.attempts) == (job.pk, 2)


def test_late_end_of_a_lost_lease_changes_nothing(clean_db: str, now: dt.datetime) -> None:
    enqueue("test.note", word="w")
    first = claim(timezone.now() + dt.timedelta(seconds=1))
    assert first is not None
    Job.objects.filter(pk=first.pk).update(attempts=2)
    run(first)
    assert Job.objects.get(pk=first.pk).state == JobState.RUNNING


def test_claim_takes_nothing_before_its_time(db: None, now: dt.datetime) -> None:
    enqueue("test.note", run_after=now + dt.timedelta(days=1), word="w")
    Job.objects.exclude(name="test.note").delete()
    assert claim(now) is None


def test_periodic_job_is_queued_once_a_period(db: None, now: dt.datetime) -> None:
    registry._entries.clear()
    registry.job("test.often", every=dt.timedelta(seconds=30))(lambda: None)
    counts = [queue_periodic(now + dt.timedelta(seconds=s)) for s in (0, 1, 29, 31)]
    assert counts == [1, 0, 0, 1]
    assert PeriodicRun.objects.get(name="test.often").queued_at == now + dt.timedelta(seconds=31)


def test_two_jobs_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="Two jobs"):
        registry.job("test.note")(lambda: None)


def test_retry_gives_a_failed_job_its_attempts_back(db: None, chen: User, now: dt.datetime) -> None:
    chen.staff_roles = ["admin"]
    job = Job.objects.create(
        name="test.note",
        args={"word": "w"},
        run_after=now,
        created_at=now,
        state=JobState.FAILED,
        attempts=3,
    )
    retry_job(job, actor=chen, now=now)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
