"""Tables for spreadsheets, as CSV or XLSX. Nobody's words ever become a formula there."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import IO

import xlsxwriter

Cell = str | int | Decimal | date
# What a program takes for the beginning of a formula, the wide forms too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ROWS_A_SHEET = 1_000_000
COLUMN_WIDTH = 20


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A line at a time, so that a long table is never whole in memory."""
    writer = csv.writer(_Echo())
    for row in chain([head], rows):
        line: str = writer.writerow([_plain(cell) for cell in row])
        yield line


def write_xlsx(
    file: IO[bytes],
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    rows_a_sheet: int = ROWS_A_SHEET,
) -> None:
    """Rows go to the disk as they come; what is too long for one sheet goes on in the next."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sums, days, bold = (
            book.add_format(told)
            for told in ({"num_format": "#,##0.00"}, {"num_format": "yyyy-mm-dd"}, {"bold": True})
        )
        sheet = _new_sheet(book, head, bold)
        for number, row in enumerate(rows):
            place = number % rows_a_sheet
            if number and not place:
                sheet = _new_sheet(book, head, bold)
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(place + 1, column, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(place + 1, column, cell, days)
                else:
                    form = sums if isinstance(cell, Decimal) else None
                    sheet.write_number(place + 1, column, cell, form)


def _new_sheet(
    book: xlsxwriter.Workbook, head: Sequence[str], bold: object
) -> xlsxwriter.worksheet.Worksheet:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, COLUMN_WIDTH)
    sheet.write_row(0, 0, head, bold)
    return sheet


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


class _Echo:
    def write(self, line: str) -> str:
        return line
