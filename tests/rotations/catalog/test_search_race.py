"""Changes of one listing at the same time, on a committed database."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import F

from rotations.catalog.models import Opening, SearchRow
from tests.factories.catalog import OpeningFactory, RotationFactory

pytestmark = pytest.mark.race

START = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100)


def test_two_changes_of_one_listing_at_once_are_both_counted(clean_db: str) -> None:
    rotation = RotationFactory()
    for number in range(4):
        OpeningFactory(
            rotation=rotation,
            starts_on=START + dt.timedelta(days=number),
            ends_on=START + dt.timedelta(days=30),
            seats=5,
        )
    line = threading.Barrier(4)

    def take(pk: int) -> None:
        try:
            line.wait()
            for _seat in range(4):
                with transaction.atomic():
                    Opening.objects.filter(pk=pk).update(taken=F("taken") + 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, Opening.objects.values_list("pk", flat=True)))
    assert SearchRow.objects.get(pk=rotation.pk).open_seats == 4
