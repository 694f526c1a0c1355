"""Application services as published: where a letter goes, and how. Dated facts, from a file."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "targets.csv"


@dataclass(frozen=True)
class Service:
    key: str
    label: str
    seen_in: str
    how: str
    file_rules: str
    more: str
    source: str
    checked_on: date


@cache
def services() -> dict[str, Service]:
    rows = csv.DictReader(FILE.read_text().splitlines())
    return {
        row["key"]: Service(**(row | {"checked_on": date.fromisoformat(row["checked_on"])}))  # type: ignore[arg-type]
        for row in rows
    }
