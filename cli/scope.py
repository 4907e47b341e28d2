"""What a report is about, and in which form it goes out: options that all of them have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.speech import as_json, option
from cli.terminal import Failed, Terminal
from exchange.books import as_book
from exchange.sheets import as_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analysis.columns import Columns
    from exchange.sheets import Cell, Sheet

_TELLING = 100  # columns that a terminal without a width has


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which attempts, and how to tell of them."""

    since: date | None
    until: date | None
    township: str | None
    as_json: bool
    as_csv: bool
    xlsx: Path | None

    def chosen(self, columns: Columns) -> Columns:
        """Return the attempts that the report is about."""
        from analysis.choice import chosen  # noqa: PLC0415 - the columns take a while to load

        return chosen(columns, self.since, self.until, self.township)

    def tell(self, speaker: Terminal, data: Mapping[str, object], sheets: Sequence[Sheet]) -> None:
        """Print the report, or write it to a file, in the form that was asked for."""
        if self.as_json:
            speaker.data(data)
        elif self.as_csv:
            for sheet in sheets:
                click.echo(as_csv(sheet).decode("utf-8-sig"))
        elif self.xlsx is not None:
            self.xlsx.write_bytes(as_book(sheets))
            speaker.print("report.written", file=str(self.xlsx))
        else:
            for sheet in sheets:
                show(speaker, sheet)


def scoped(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a Scope, and hand it over as its argument *scope*."""

    @wraps(command)
    def called(**given: Any) -> Any:  # noqa: ANN401 - click's arguments
        scope = Scope(
            since=day(given.pop("since")),
            until=day(given.pop("until")),
            township=given.pop("township"),
            as_json=given.pop("as_json"),
            as_csv=given.pop("csv"),
            xlsx=given.pop("xlsx"),
        )
        return command(scope=scope, **given)

    for decorator in (
        as_json(),
        option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="report_xlsx"),
        option("--csv", is_flag=True, help="report_csv"),
        option("--township", help="report_township"),
        option("--until", help="report_until"),
        option("--since", help="report_since"),
    ):
        called = decorator(called)
    return called


def day(given: str | None) -> date | None:
    """Return the date that a text names; None for None.

    Raises:
        Failed: If it names none.
    """
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Failed("report.no_day", day=given) from error


def show(speaker: Terminal, sheet: Sheet) -> None:
    """Print a table; one without rows is left out."""
    from rich.table import Table  # noqa: PLC0415 - only where a table is printed

    if not sheet.rows:
        return
    table = Table(title=sheet.title, title_justify="left", header_style="bold")
    for at, column in enumerate(sheet.columns):
        words = any(isinstance(row[at], str) for row in sheet.rows)
        table.add_column(column, justify="left" if words else "right", overflow="fold")
    for row in sheet.rows:
        table.add_row(*map(_cell, row))
    speaker.out.print(table)


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return "-"
        case float():
            return f"{cell:g}"
        case _:
            return str(cell)
