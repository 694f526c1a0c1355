from datetime import timedelta

from django.utils import timezone

from usce.audit.sealing import seal
from usce.jobs.registry import job


@job("audit.seal", every=timedelta(seconds=5))
def seal_entries() -> None:
    seal(timezone.now())
