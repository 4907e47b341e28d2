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

    from analysis.choice import Period
    from analysis.columns import Columns
    from exchange.sheets import Cell, Sheet

_TELLING = 100  # columns that a terminal without a width has


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How to tell of something."""

    as_json: bool
    as_csv: bool
    xlsx: Path | None

    @property
    def shown(self) -> bool:
        """Tell whether people read it on the screen, and not a program."""
        return not (self.as_json or self.as_csv or self.xlsx is not None)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope(Form):
    """Which attempts, and how to tell of them."""

    period: Period
    township: str | None
    facts: Path | None

    def of_township(self, columns: Columns) -> Columns:
        """Return the attempts of the township that the report is about, of any period."""
        from analysis.choice import chosen  # noqa: PLC0415 - the columns take a while to load

        return chosen(columns, township=self.township)


def formed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a Form, and hand it over as its argument *form*."""

    @wraps(command)
    def called(**given: Any) -> Any:  # noqa: ANN401 - click's arguments
        return command(form=Form(**_form(given)), **given)

    return _with_form(called)


def _form(given: dict[str, Any]) -> dict[str, Any]:
    """Take what makes a Form out of the arguments of a command."""
    names = {"as_json": "as_json", "as_csv": "csv", "xlsx": "xlsx"}
    return {ours: given.pop(theirs) for ours, theirs in names.items()}


def _with_form(called: Callable[..., Any]) -> Callable[..., Any]:
    for decorator in (
        as_json(),
        option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="report_xlsx"),
        option("--csv", is_flag=True, help="report_csv"),
    ):
        called = decorator(called)
    return called


def scoped(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a Scope, and hand it over as its argument *scope*."""

    @wraps(command)
    def called(**given: Any) -> Any:  # noqa: ANN401 - click's arguments
        from analysis.choice import Period  # noqa: PLC0415 - as above

        scope = Scope(
            period=Period(since=day(given.pop("since")), until=day(given.pop("until"))),
            township=given.pop("township"),
            facts=given.pop("facts"),
            **_form(given),
        )
        return command(scope=scope, **given)

    made = _with_form(called)
    for decorator in (
        from_facts(),
        option("--township", help="report_township"),
        option("--until", help="report_until"),
        option("--since", help="report_since"),
    ):
        made = decorator(made)
    return made


def from_facts() -> Callable[[Any], Any]:
    """Return the decorator for --facts, which every report on stored facts has."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return option("--facts", type=kind, help="report_facts")


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
