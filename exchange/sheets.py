"""Tables as CSV and as xlsx, for people's office programs; no cell of them is ever a formula."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, TypeAlias

from xlsxwriter import Workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = "str | int | float | bool | None"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# What a spreadsheet program takes for the beginning of a formula, wide forms included.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What stands in front and is not seen: programs may pass over it on their way to a formula.
_UNSEEN = re.compile(
    r"(?:[^\S\t\r\n]|[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff])*"
)
_LONGEST_SHEET_NAME = 31
_LONGEST_CELL = 32_767  # what a cell of xlsx can hold
_LARGEST_EXACT = 10**15  # spreadsheets keep 15 digits
_WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table.

    Attributes:
        title: Name of the sheet.
        columns: Headings.
        rows: As wide as the headings.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def as_csv(sheet: Sheet) -> bytes:
    """Return the table as CSV (RFC 4180) in UTF-8 with the mark by which programs know that.

    A text that would be taken for a formula stands behind an apostrophe, as OWASP advises: CSV has
    no other way to say that it is a text.
    """
    written = StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow([_harmless(column) for column in sheet.columns])
    lines.writerows([_harmless(cell) for cell in row] for row in sheet.rows)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    """Return the table as a workbook: texts are text cells, numbers are numbers."""
    file = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(file, options) as book:
        page = book.add_worksheet(_sheet_name(sheet.title))
        heading = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        for column, name in enumerate(sheet.columns):
            page.write_string(0, column, name, heading)
        for number, row in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(row):
                _write(page, number, column, cell)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(1, len(sheet.rows)), max(0, len(sheet.columns) - 1))
        for column, width in enumerate(_widths(sheet)):
            page.set_column(column, column, width)
    return file.getvalue()


def _write(page: Worksheet, row: int, column: int, cell: Cell) -> None:
    match cell:
        case None | "":
            return
        case bool():
            page.write_boolean(row, column, cell)
        case int() | float() if abs(cell) < _LARGEST_EXACT:
            page.write_number(row, column, cell)
        case _:
            page.write_string(row, column, str(cell)[:_LONGEST_CELL])


def _harmless(cell: Cell) -> str:
    """Return a cell of CSV.

    >>> _harmless("=1+1"), _harmless(-3), _harmless("甲-乙"), _harmless(None), _harmless(True)
    ("'=1+1", '-3', '甲-乙', '', 'true')
    """
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            begins = _UNSEEN.sub("", cell, count=1)
            return f"'{cell}" if begins.startswith(_STARTS) else cell
        case _:
            return str(cell)


def _sheet_name(title: str) -> str:
    """Return *title* as xlsx allows it.

    >>> _sheet_name("事项/材料[1]")
    '事项 材料 1'
    """
    plain = "".join(" " if each in "[]:*?/\\'" else each for each in title).strip()
    return plain[:_LONGEST_SHEET_NAME] or "1"


def _widths(sheet: Sheet) -> list[float]:
    """Return how wide each column is; a Chinese character counts for two."""
    columns = zip(sheet.columns, *sheet.rows, strict=True)
    return [min(_WIDEST, 2 + max(_width(cell) for cell in column)) for column in columns]


def _width(cell: Cell) -> int:
    return sum(1 if each.isascii() else 2 for each in str("" if cell is None else cell))
