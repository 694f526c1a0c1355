from datetime import timedelta

from django.utils import timezone

from rotations.console.actions import tell_of_due_cases, tell_of_failed_jobs
from usce.jobs.registry import job


@job("console.tell_of_due_cases", every=timedelta(minutes=15))
def tell_staff_of_due_cases() -> None:
    tell_of_due_cases(timezone.now())


@job("console.tell_of_failed_jobs", every=timedelta(minutes=5))
def tell_staff_of_failed_jobs() -> None:
    tell_of_failed_jobs(timezone.now())
