from datetime import timedelta

from django.utils import timezone

from applicants.profiles.actions import remind_of_enrolment
from usce.jobs.registry import job


@job("profiles.remind_of_enrolment", every=timedelta(hours=1))
def remind_contacts() -> None:
    remind_of_enrolment(timezone.now())
