import datetime as dt

import pytest

from usce.devstack.demo.seed import seed
from usce.reference.actions import TABLES, _load


@pytest.fixture
def reference(db: None) -> None:
    for table in TABLES[:3]:
        _load(table)


@pytest.fixture
def seeded(reference: None, now: dt.datetime) -> None:
    seed(now)


@pytest.fixture
def few(reference: None, now: dt.datetime) -> None:
    seed(now, rotations=30, openings_each=20)
