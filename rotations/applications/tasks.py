from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from applicants.documents.states import DocumentState
from rotations.applications.actions import (
    ReviewRuns,
    begin_review,
    forward_unreviewed,
    judge_anew,
    leave_dates,
    release_papers,
    remind_of_decisions,
    return_for_cv,
    tell_who_saw,
)
from rotations.applications.models import Application
from rotations.applications.queries import (
    on_gone_dates,
    review_may_have_ended,
    to_judge,
    to_judge_since,
    waiting_for_checks,
)
from usce.jobs.actions import enqueue
from usce.jobs.registry import job
from usce.permissions import SYSTEM
from usce.states import TransitionRefused

MOST_AT_ONCE = 200
BATCH = 50
LOOK_BACK = timedelta(minutes=10)


@job("applications.sweep_checked", every=timedelta(seconds=15))
def sweep_checked() -> None:
    """Begin the review of what was sent while its CV was being checked, or send it back."""
    now = timezone.now()
    for application in waiting_for_checks():
        go_on(application, now)


@job("applications.sweep_unreviewed", every=timedelta(minutes=5))
def sweep_unreviewed() -> None:
    """Send on what staff have not decided within two business days."""
    now = timezone.now()
    for application in review_may_have_ended(now):
        send_on(application, now)


@job("applications.remind_of_decisions", every=timedelta(hours=1))
def remind_of_due_decisions() -> None:
    remind_of_decisions(timezone.now())


@job("applications.tell_who_saw", every=timedelta(hours=6))
def tell_who_saw_papers() -> None:
    tell_who_saw(timezone.now())


@job("applications.sweep_dates", every=timedelta(minutes=2))
def sweep_dates() -> None:
    """Tell those whose dates were canceled, and end the list of dates that have begun."""
    now = timezone.now()
    for application in on_gone_dates(now)[:MOST_AT_ONCE]:
        leave(application, now)


def leave(application: Application, now: datetime) -> bool:
    """Whether it moved; not when somebody was quicker, or the day has not come at the site."""
    try:
        leave_dates(application, actor=SYSTEM, now=now)
    except TransitionRefused:
        return False
    return True


def send_on(application: Application, now: datetime) -> bool:
    """Whether it went; not while the reviewers have time, or when one has just decided."""
    try:
        forward_unreviewed(application, actor=SYSTEM, now=now)
    except (ReviewRuns, TransitionRefused):
        return False
    return True


def go_on(application: Application, now: datetime) -> bool:
    """Whether it moved; not when it was withdrawn meanwhile, or another worker was here first."""
    passed = application.cv is not None and application.cv.state == DocumentState.ACCEPTED
    try:
        (begin_review if passed else return_for_cv)(application, actor=SYSTEM, now=now)
    except TransitionRefused:
        return False
    return True


@job("applications.judge_changed", every=timedelta(minutes=1))
def judge_changed() -> None:
    """Look a little further back than the last time: what was committed late is found as well."""
    _queue_judging(to_judge_since(timezone.now() - LOOK_BACK))


@job("applications.judge_all", every=timedelta(hours=6))
def judge_all() -> None:
    """The net below: what an outage or the calendar has changed."""
    _queue_judging(to_judge())


@job("applications.judge")
def judge_batch(ids: list[int]) -> None:
    now = timezone.now()
    for application in Application.objects.filter(pk__in=ids).order_by("pk"):
        judge_anew(application, actor=SYSTEM, now=now)


def _queue_judging(found: QuerySet[Application]) -> None:
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        enqueue("applications.judge", unique_key=f"{part[0]}-{part[-1]}", ids=part)


@job("applications.release_papers", every=timedelta(hours=1))
def release_papers_of_ended() -> None:
    release_papers()
