from datetime import timedelta

from django.utils import timezone

from applicants.documents.states import DocumentState
from rotations.applications.actions import begin_review, return_for_cv
from rotations.applications.queries import waiting_for_checks
from usce.jobs.registry import job
from usce.permissions import SYSTEM
from usce.states import TransitionRefused


@job("applications.sweep_checked", every=timedelta(seconds=15))
def sweep_checked() -> None:
    """Begin the review of what was sent while its CV was being checked, or send it back."""
    now = timezone.now()
    for application in waiting_for_checks():
        passed = application.cv is not None and application.cv.state == DocumentState.ACCEPTED
        try:
            (begin_review if passed else return_for_cv)(application, actor=SYSTEM, now=now)
        except TransitionRefused:
            continue  # withdrawn meanwhile, or another worker was here first
