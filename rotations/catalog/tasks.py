from datetime import timedelta

from django.utils import timezone

from rotations.catalog.search import (
    rebuild_search,
    refresh_passed_starts,
    refresh_turned_taxes,
)
from usce.jobs.registry import job


@job("catalog.refresh_passed_starts", every=timedelta(hours=1))
def refresh_passed() -> None:
    """A start passes at midnight without anybody changing anything, and so does a tax begin."""
    today = timezone.now().date()
    refresh_passed_starts(today)
    refresh_turned_taxes(today)


@job("catalog.rebuild_search", every=timedelta(days=1))
def rebuild() -> None:
    """Names of places and specialties are loaded, not changed by an action."""
    rebuild_search()
