"""The search rows between changes: the database keeps them itself, but days pass and facts load."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from rotations.catalog.models import Rotation, SearchRow
from usce.reference.queries import states_with_new_taxes

BATCH = 5000


def refresh_search_rows(rotation_ids: Iterable[int]) -> int:
    """Bring the rows of these rotations up to their sources, a batch a transaction.

    What is not public keeps no row. Gives how many rotations were looked at.
    """
    ids = list(rotation_ids)
    for start in range(0, len(ids), BATCH):
        with connection.cursor() as cursor:
            cursor.execute("SELECT catalog_refresh_search(%s)", [ids[start : start + BATCH]])
    return len(ids)


def refresh_passed_starts(today: date) -> int:
    """Rows whose soonest start is today or behind us go on to the next one."""
    passed = SearchRow.objects.filter(soonest_on__lte=today).order_by("pk")
    return refresh_search_rows(passed.values_list("pk", flat=True))


def refresh_turned_taxes(today: date) -> int:
    """Rows of states where a tax began or ended about today."""
    turned = SearchRow.objects.filter(state__in=states_with_new_taxes(today)).order_by("pk")
    return refresh_search_rows(turned.values_list("pk", flat=True))


def rebuild_search() -> int:
    """Every row anew: after a load around the triggers, or of places and specialties."""
    return refresh_search_rows(Rotation.objects.order_by("pk").values_list("pk", flat=True))
