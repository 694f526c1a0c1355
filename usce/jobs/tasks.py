"""The only two Celery tasks of the product."""

from datetime import timedelta
from time import monotonic

from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from usce.jobs.actions import claim, queue_periodic, run
from usce.jobs.bell import ring
from usce.jobs.models import Job, JobState
from usce.jobs.outages import beat
from usce.jobs.registry import job

LONGEST_SHIFT_SECONDS = 20


@shared_task(name="usce.jobs.tasks.drain")
def drain() -> int:
    """Run due jobs until none is left or the shift is over; then ring for the next one."""
    close_old_connections()
    began, done = monotonic(), 0
    while (claimed := claim(timezone.now())) is not None:
        run(claimed)
        done += 1
        if monotonic() - began > LONGEST_SHIFT_SECONDS:
            ring()
            break
    return done


@shared_task(name="usce.jobs.tasks.tick")
def tick() -> None:
    """Beat's only task: queue what repeats, then work."""
    close_old_connections()
    queue_periodic(timezone.now())
    drain()


@job("jobs.prune", every=timedelta(hours=1))
def prune_done() -> None:
    """Done jobs are kept for two days, to be looked up; what failed stays."""
    old = timezone.now() - timedelta(days=2)
    Job.objects.filter(state=JobState.DONE, finished_at__lt=old).delete()


@job("jobs.beat", every=timedelta(minutes=1))
def heartbeat() -> None:
    beat(timezone.now())
