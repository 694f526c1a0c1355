"""Work to be done, as rows: the truth about background work lives here, not in the broker."""

from django.db import models
from django.db.models import Q


class JobState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(models.Model):
    """One call of a registered function with plain arguments."""

    name = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    unique_key = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    run_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="job_state", condition=Q(state__in=JobState.values)),
            models.UniqueConstraint(
                name="job_one_waiting_per_key",
                fields=["name", "unique_key"],
                condition=Q(state=JobState.WAITING) & ~Q(unique_key=""),
            ),
        ]
        indexes = [
            models.Index(
                name="job_due", fields=["run_after", "id"], condition=Q(state=JobState.WAITING)
            ),
            models.Index(
                name="job_running", fields=["locked_until"], condition=Q(state=JobState.RUNNING)
            ),
            models.Index(name="job_failed", fields=["-id"], condition=Q(state=JobState.FAILED)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.args}"


class PeriodicRun(models.Model):
    """When a periodic job was last queued: what keeps two beats from queuing it twice."""

    name = models.CharField(max_length=80, primary_key=True)
    queued_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.queued_at:%Y-%m-%d %H:%M:%S}"


class Heartbeat(models.Model):
    """The last minute in which the service was known to work."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.beat_at:%Y-%m-%d %H:%M:%S}"


class Outage(models.Model):
    """A stretch in which no deadline runs: the service was down, or staff paused the clocks."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outage_forward", condition=Q(ended_at__gt=models.F("began_at"))
            ),
        ]
        indexes = [models.Index(fields=["ended_at"], name="outage_ended")]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M} to {self.ended_at:%Y-%m-%d %H:%M}"
