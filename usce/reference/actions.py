"""Load the dated facts that come with the code."""

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models, transaction

from usce.reference.models import (
    Country,
    Fact,
    MatchCycle,
    SanctionedName,
    Specialty,
    State,
    TaxRate,
    ZipPlace,
)

DATA = Path(__file__).parent / "data"
ZIP_SOURCE = {"source": "zipcodes 3.0.0 (MIT)", "checked_on": "2026-11-20"}
BATCH = 5000
Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    """A file of `data/` and the model whose rows it holds; a file's columns are field names."""

    model: type[Fact]
    file: str
    defaults: Row


TABLES = (
    Table(State, "states.csv", {}),
    Table(Specialty, "specialties.csv", {}),
    Table(Country, "countries.csv", {}),
    Table(MatchCycle, "match_cycles.csv", {}),
    Table(SanctionedName, "sanctioned_names.csv", {}),
    Table(TaxRate, "tax_rates.csv", {}),
    Table(ZipPlace, "zip_places.csv.gz", ZIP_SOURCE),
)


def load_reference() -> dict[str, int]:
    """Bring every table up to its file, all or nothing; gives the number of rows by file.

    Rows that a file no longer names stay: listings may point at them.
    """
    with transaction.atomic():
        return {table.file: _load(table) for table in TABLES}


def _load(table: Table) -> int:
    rows = [table.defaults | row for row in _rows(DATA / table.file)]
    if not rows:
        return 0
    things = [_thing(table.model, row) for row in rows]
    key = table.model._meta.pk.name  # noqa: SLF001 -- Django's documented model API
    fields = [name for name in rows[0] if name != key]
    table.model._default_manager.bulk_create(  # noqa: SLF001 -- of an unknown model
        sorted(things, key=_parents_first),
        update_conflicts=True,
        unique_fields=[key],
        update_fields=fields,
        batch_size=BATCH,
    )
    return len(things)


def _parents_first(thing: Fact) -> bool:
    return getattr(thing, "parent_id", None) is not None


def _rows(path: Path) -> Iterator[Row]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from csv.DictReader(io.StringIO(raw.decode()))


def _thing(model: type[Fact], row: Row) -> Fact:
    values: dict[str, Any] = {}
    for name, text in row.items():
        field = model._meta.get_field(name)  # noqa: SLF001 -- Django's documented model API
        values[getattr(field, "attname", name)] = _value(field, text)
    return model(**values)


READERS: tuple[tuple[type[Any], Callable[[str], Any]], ...] = (
    (models.DateTimeField, datetime.fromisoformat),
    (models.DateField, date.fromisoformat),
    (models.IntegerField, int),
    (models.DecimalField, Decimal),
)


def _value(field: Any, text: str) -> Any:
    if not text and field.null:
        return None
    for kind, read in READERS:
        if isinstance(field, kind):
            return read(text)
    return text
