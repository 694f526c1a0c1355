"""Write many rows at once, around the search's triggers; the search is rebuilt afterwards."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

NULL = "\\N"


def copy_in(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """COPY the rows into the model's table; gives how many. Constraints and keys hold as ever."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)  # noqa: SLF001 -- Django's documented model API
    listed = ", ".join(quote(column) for column in columns)
    many = 0
    with tempfile.TemporaryFile("w+", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow([_text(value) for value in row])
            many += 1
        file.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(
                f"COPY {table} ({listed}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}')",
                file,
            )
    return many


def new_keys(model: type[models.Model], many: int) -> list[int]:
    """So many primary keys of the table, taken from its own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, many],  # noqa: SLF001 -- Django's documented model API
        )
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def around_triggers(*tables: type[models.Model]) -> Iterator[None]:
    """Inside a transaction: the tables' own triggers rest, and no statement is too slow."""
    names = [model._meta.db_table for model in tables]  # noqa: SLF001 -- Django's documented model API
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
            # Until its own turn comes the server takes the tables for empty, and joins badly.
            cursor.execute(f"ANALYZE {name}")


def _text(value: Any) -> Any:
    if value is None:
        return NULL
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, list):
        return "{" + ",".join(json.dumps(str(part), ensure_ascii=False) for part in value) + "}"
    return value
