from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from rotations.discovery.actions import judge_saved
from rotations.discovery.models import SavedRotation
from rotations.discovery.queries.saved import saved_since
from usce.accounts.models import User
from usce.jobs.actions import enqueue
from usce.jobs.registry import job
from usce.permissions import SYSTEM

BATCH = 50
LOOK_BACK = timedelta(minutes=10)


@job("discovery.judge_changed", every=timedelta(minutes=1))
def judge_changed() -> None:
    """Look a little further back than the last time: what was committed late is found as well."""
    _queue(saved_since(timezone.now() - LOOK_BACK))


@job("discovery.judge_all", every=timedelta(hours=6))
def judge_all() -> None:
    """The net below: what an outage or the calendar has changed."""
    _queue(SavedRotation.objects.all())


@job("discovery.judge_saved")
def judge_lists(user_ids: list[int]) -> None:
    now = timezone.now()
    for user in User.objects.filter(pk__in=user_ids).order_by("pk"):
        judge_saved(user, actor=SYSTEM, now=now)


def _queue(found: QuerySet[SavedRotation]) -> None:
    ids = list(found.order_by("user").values_list("user", flat=True).distinct())
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        enqueue("discovery.judge_saved", unique_key=f"{part[0]}-{part[-1]}", user_ids=part)
