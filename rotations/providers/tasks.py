from datetime import timedelta

from django.utils import timezone

from rotations.providers.actions import remind_of_licenses
from usce.jobs.registry import job


@job("providers.remind_of_licenses", every=timedelta(hours=6))
def remind_of_ending_licenses() -> None:
    remind_of_licenses(timezone.now())
