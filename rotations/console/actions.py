"""The service looks after the house: it tells staff what is about to be late or has failed."""

from datetime import datetime, timedelta

from rotations.console import notifications
from usce.cases.models import Case
from usce.cases.states import LIVE
from usce.jobs.models import Job, JobState

TELL_BEFORE = timedelta(hours=4)
# How long after its moment a thing is still told: no outage should last longer.
LOOK_BACK = timedelta(days=1)
MOST_AT_ONCE = 100


def tell_of_due_cases(now: datetime) -> None:
    soon = Case.objects.filter(
        state__in=LIVE, due_at__gte=now - LOOK_BACK, due_at__lte=now + TELL_BEFORE
    )
    for case in soon.select_related("owner").order_by("due_at", "id")[:MOST_AT_ONCE]:
        notifications.tell_due(case, now=now)


def tell_of_failed_jobs(now: datetime) -> None:
    """But for mails: a mail about a mail that cannot leave would not leave either."""
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gte=now - LOOK_BACK)
    others = failed.exclude(name__startswith="notifications.")
    for job in others.order_by("id")[:MOST_AT_ONCE]:
        notifications.tell_failed(job, now=now)
