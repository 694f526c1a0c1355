from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from usce.jobs.models import Heartbeat, Job, JobState


@dataclass(frozen=True)
class Figures:
    """How the queue stands; ages in seconds."""

    waiting: int
    running: int
    failed: int
    oldest_age: int
    beat_age: int | None


def jobs_in(state: str) -> QuerySet[Job]:
    """Newest first; an unknown state means every state but done."""
    jobs = Job.objects.order_by("-id")
    return (
        jobs.filter(state=state) if state in JobState.values else jobs.exclude(state=JobState.DONE)
    )


def figures(now: datetime) -> Figures:
    live = Job.objects.exclude(state=JobState.DONE)
    counts = dict(live.values_list("state").annotate(Count("id")))
    due = Job.objects.filter(state=JobState.WAITING, run_after__lte=now)
    oldest = due.aggregate(Min("run_after"))["run_after__min"]
    beat = Heartbeat.objects.filter(name="worker").values_list("beat_at", flat=True).first()
    return Figures(
        waiting=counts.get(JobState.WAITING, 0),
        running=counts.get(JobState.RUNNING, 0),
        failed=counts.get(JobState.FAILED, 0),
        oldest_age=int((now - oldest).total_seconds()) if oldest else 0,
        beat_age=int((now - beat).total_seconds()) if beat else None,
    )
