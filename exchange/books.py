"""Several tables in one workbook, with bars where a column is worth one."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

    from exchange.sheets import Cell, Sheet

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LONGEST_NAME = 31
_WIDE, _NARROW = 24, 11
_BAR = "#8FB8DE"


def as_book(sheets: Sequence[Sheet]) -> bytes:
    """Return the tables as one workbook: a page each, headings that stay, filters, bars.

    Texts are text cells and numbers are numbers; nothing is ever a formula. Measured figures get
    bars, counts do not.
    """
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for number, sheet in enumerate(sheets, start=1):
            page = book.add_worksheet(
                f"{number} {sheet.title}".translate(_FORBIDDEN)[:_LONGEST_NAME]
            )
            page.freeze_panes(1, 0)
            for column, title in enumerate(sheet.columns):
                page.write_string(0, column, title, heading)
            for row, cells in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(cells):
                    _write(page, row, column, cell)
            _finish(page, sheet)
    return file.getvalue()


def _finish(page: Worksheet, sheet: Sheet) -> None:
    rows = len(sheet.rows)
    for column in range(len(sheet.columns)):
        cells = [row[column] for row in sheet.rows if row[column] is not None]
        page.set_column(
            column, column, _WIDE if any(isinstance(c, str) for c in cells) else _NARROW
        )
        if cells and all(isinstance(cell, float) for cell in cells):
            bar = {"type": "data_bar", "bar_solid": True, "bar_color": _BAR}
            page.conditional_format(1, column, rows, column, bar)
    if rows:
        page.autofilter(0, 0, rows, len(sheet.columns) - 1)


def _write(page: Worksheet, row: int, column: int, cell: Cell) -> None:
    match cell:
        case None:
            return
        case bool():
            page.write_boolean(row, column, cell)
        case int() | float():
            page.write_number(row, column, cell)
        case str():
            page.write_string(row, column, cell)
