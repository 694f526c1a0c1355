"""Queue work in the caller's transaction; claim, run and finish it without losing any."""

import traceback
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from usce.jobs import registry
from usce.jobs.bell import ring
from usce.jobs.models import Job, JobState, PeriodicRun
from usce.permissions import require
from usce.requestinfo import current_request_id, request_id

log = structlog.get_logger()
ERROR_LENGTH = 4000
LONGEST_WAIT = timedelta(hours=1)


def enqueue(
    name: str, *, unique_key: str = "", run_after: datetime | None = None, **args: Any
) -> None:
    """Queue the registered job `name` with plain arguments; it exists when the caller commits.

    With `unique_key`, a job of that name and key that still waits makes this call do nothing.
    """
    now = timezone.now()
    row = Job(
        name=name,
        args=args,
        unique_key=unique_key,
        run_after=run_after or now,
        request_id=current_request_id(),
        created_at=now,
    )
    Job.objects.bulk_create([row], ignore_conflicts=bool(unique_key))
    transaction.on_commit(ring)


def queue_periodic(now: datetime) -> int:
    """Queue every periodic job whose period has passed; two callers at once queue it once."""
    queued = 0
    for found in registry.entries():
        if found.every is None:
            continue
        with transaction.atomic():
            if _is_due(found.name, now - found.every, now):
                enqueue(found.name, unique_key="periodic")
                queued += 1
    return queued


def _is_due(name: str, before: datetime, now: datetime) -> bool:
    PeriodicRun.objects.bulk_create(
        [PeriodicRun(name=name, queued_at=datetime.fromtimestamp(0, tz=now.tzinfo))],
        ignore_conflicts=True,
    )
    return bool(PeriodicRun.objects.filter(name=name, queued_at__lte=before).update(queued_at=now))


def claim(now: datetime) -> Job | None:
    """Take the oldest due job, or one whose worker died holding it, for one lease."""
    due = Q(state=JobState.WAITING, run_after__lte=now)
    abandoned = Q(state=JobState.RUNNING, locked_until__lt=now)
    for wanted, order in ((abandoned, "locked_until"), (due, "run_after")):
        with transaction.atomic():
            found = (
                Job.objects.select_for_update(skip_locked=True, no_key=True)
                .filter(wanted)
                .order_by(order, "id")
                .first()
            )
            if found is None:
                continue
            found.state = JobState.RUNNING
            found.attempts = F("attempts") + 1
            found.locked_until = now + timedelta(seconds=settings.JOBS_LEASE_SECONDS)
            found.save(update_fields=["state", "attempts", "locked_until"])
        found.refresh_from_db(fields=["attempts"])
        return found
    return None


def run(claimed: Job) -> bool:
    """Call the job's function and record the end; an error is kept and retried with back-off."""
    with request_id(claimed.request_id):
        try:
            registry.call(claimed.name, claimed.args)
        except Exception as error:
            log.exception("job_failed", job=claimed.name, id=claimed.pk, attempt=claimed.attempts)
            if connection.in_atomic_block:
                raise  # the caller's transaction is broken; only tests run a job inside one
            _finish(claimed, error)
            return False
    _finish(claimed, None)
    return True


def _finish(claimed: Job, error: Exception | None) -> None:
    now = timezone.now()
    if error is None:
        fields = {"state": JobState.DONE, "error": "", "finished_at": now}
    elif claimed.attempts >= _attempts_allowed(claimed.name):
        fields = {"state": JobState.FAILED, "error": _describe(error), "finished_at": now}
    else:
        wait = min(timedelta(seconds=2**claimed.attempts), LONGEST_WAIT)
        fields = {"state": JobState.WAITING, "error": _describe(error), "run_after": now + wait}
        if claimed.unique_key:
            fields["unique_key"] = f"{claimed.unique_key}#{claimed.pk}"[:160]
    Job.objects.filter(pk=claimed.pk, attempts=claimed.attempts).update(locked_until=None, **fields)


def _attempts_allowed(name: str) -> int:
    try:
        return registry.entry(name).attempts
    except KeyError:
        return 1


def _describe(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-ERROR_LENGTH:]


def can_retry_job(user: Any) -> bool:
    return bool(user.has_staff_role("admin"))


def retry_job(failed: Job, *, actor: Any, now: datetime) -> None:
    """Let a failed job wait again, with its attempts forgiven."""
    require(can_retry_job(actor))
    with transaction.atomic():
        changed = Job.objects.filter(pk=failed.pk, state=JobState.FAILED).update(
            state=JobState.WAITING, attempts=0, run_after=now, finished_at=None, unique_key=""
        )
        if changed:
            transaction.on_commit(ring)
