"""The monthly report as one page of HTML to be printed, without script and without a network."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

from analysis.choice import Period, chosen
from analysis.report import report
from engine import report_tables as tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.columns import Columns
    from engine.report_tables import Wording
    from exchange.sheets import Cell, Sheet

_STYLE = """
@page { size: A4; margin: 18mm 15mm;
  @bottom-center { content: counter(page) " / " counter(pages); } }
body { font: 10.5pt/1.5 "Noto Serif CJK SC", "Songti SC", SimSun, serif; color: #111;
  max-width: 180mm; margin: 0 auto; }
h1 { font-size: 18pt; text-align: center; margin: 6mm 0 2mm; }
h2 { font-size: 12.5pt; margin: 7mm 0 2mm; break-after: avoid; }
p { margin: 1mm 0; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.3mm solid #666; padding: 0.8mm 1.5mm; text-align: left; vertical-align: top; }
th { background: #eee; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
"""


def monthly(
    columns: Columns,
    month: str,
    words: Wording,
    reviewers: Mapping[str, int] | None = None,
) -> str | None:
    """Return the page on what ended in *month* ("2026-03"); None where that is no month.

    A month in which nothing ended has a page that says so.
    """
    period = _period(month)
    if period is None:
        return None
    own = chosen(columns, period)
    title = words.say("report.title.monthly", month=month)
    if not len(own):
        return _page(words, title, f"<p>{escape(words.say('cli.report.chosen_nothing'))}</p>")
    found = report(columns, reviewers, period)
    sheets = (
        *tables.departments(found, words)[:3],
        tables.parts(found.whole, words),
        tables.causes(found.path, words, "path"),
        tables.figures(found.stages, words, "stage"),
        tables.gates(found, words),
    )
    first = f"<p><strong>{escape(tables.first(found.path, words))}</strong></p>"
    definitions = (
        f"<h2>{escape(words.say('report.title.definitions'))}</h2>"
        f"<p>{escape(words.say('report.definitions'))}</p>"
    )
    return _page(words, title, first + "".join(map(_table, sheets)) + definitions)


def _period(month: str) -> Period | None:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(since=first, until=following - timedelta(days=1))


def _page(words: Wording, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{escape(words.locale)}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )


def _table(sheet: Sheet) -> str:
    if not sheet.rows:
        return ""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in sheet.columns)
    rows = "".join(f"<tr>{_cells(row)}</tr>" for row in sheet.rows)
    return (
        f"<h2>{escape(sheet.title)}</h2>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cells(row: Sequence[Cell]) -> str:
    return "".join(map(_cell, row))


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"<td>{escape(cell)}</td>"
    return f'<td class="n">{_number(cell)}</td>'


def _number(cell: float | None) -> str:
    return "–" if cell is None else f"{cell:g}"
