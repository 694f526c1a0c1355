from datetime import timedelta

from django.utils import timezone

from rotations.eligibility.actions import note_packs
from usce.jobs.registry import job
from usce.permissions import SYSTEM


@job("eligibility.note_packs", every=timedelta(hours=1))
def note_packs_in_force() -> None:
    """A deploy brings new files, and a day brings rows in force."""
    note_packs(actor=SYSTEM, now=timezone.now())
