from datetime import timedelta

from django.utils import timezone

from usce.accounts.actions import tell_changed_texts
from usce.jobs.registry import job


@job("accounts.tell_texts", every=timedelta(hours=6))
def tell_of_changed_texts() -> None:
    tell_changed_texts(timezone.now())
