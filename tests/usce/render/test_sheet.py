"""Tables for spreadsheets: what people wrote stays words, whoever opens the file."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from usce.render.sheet import FORMULA, csv_lines, write_xlsx

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(content: bytes) -> list[list[list[str]]]:
    """By sheet and row the cells as they stand in the file; no formula may be among them."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in sorted(n for n in book.namelist() if n.startswith("xl/worksheets/sheet")):
            root = ET.fromstring(book.read(name))  # noqa: S314 -- made by ourselves above
            assert root.find(f".//{SHEET}f") is None
            rows = root.iter(f"{SHEET}row")
            found.append([["".join(cell.itertext()) for cell in row] for row in rows])
    return found


@pytest.mark.parametrize("first", FORMULA)
def test_csv_takes_no_word_for_a_formula(first: str) -> None:
    (_head, line) = csv_lines(["a", "b"], [[f"{first}1+1", -5]])
    assert next(csv.reader(io.StringIO(line, newline=""))) == [f"'{first}1+1", "-5"]


def test_csv_quotes_what_would_break_a_line() -> None:
    lines = list(csv_lines(["a", "b"], [['x", y', Decimal("-2.50")], [dt.date(2026, 6, 1), ""]]))
    assert lines == ["a,b\r\n", '"x"", y",-2.50\r\n', "2026-06-01,\r\n"]


def test_xlsx_keeps_words_sums_and_days() -> None:
    file = io.BytesIO()
    write_xlsx(file, ["what", "sum", "day"], [["=1+1", Decimal("2.50"), dt.date(2026, 6, 1)]])
    assert sheets(file.getvalue()) == [[["what", "sum", "day"], ["=1+1", "2.50", "46174"]]]


def test_xlsx_goes_on_in_the_next_sheet() -> None:
    file = io.BytesIO()
    write_xlsx(file, ["n"], [[n] for n in range(5)], rows_a_sheet=2)
    assert sheets(file.getvalue()) == [
        [["n"], ["0"], ["1"]], [["n"], ["2"], ["3"]], [["n"], ["4"]],
    ]  # fmt: skip
