"""`abreast deadlines`: days that somebody was told, beside the limits."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click
import msgspec

from cli.office import opened
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import terminal
from engine.store import deadlines as store
from workflows.deadlines import DeadlineKind, told
from workflows.facts import SYSTEM
from workflows.moments import local_date
from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.terminal import Terminal
    from wire import Parts
    from workflows.catalogue.values import Catalogue
    from workflows.deadlines import DeadlineRow, Told

PAGE = 200
_COLUMNS = ("clock_lamp", "due", "project", "item", "told_kind", "department")


@click.command("deadlines", cls=SpokenCommand, help="help.deadlines")
@option("--project", help="tasks_project")
@option("--department", help="tasks_department")
@option("--kind", type=click.Choice([each.value for each in DeadlineKind]), help="told_kind")
@option("--passed", is_flag=True, help="passed")
@as_json()
def deadlines(
    project: str | None,
    department: str | None,
    kind: str | None,
    passed: bool,  # noqa: FBT001 - click hands flags over by name
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """List the told days that are not met yet, the earliest first."""
    speaker = terminal()
    with closing(opened()) as parts:
        today = local_date(parts.clock.now())
        asked = store.Asked(
            viewer=SYSTEM,
            project=project,
            department=department,
            kind=kind,
            before=today.isoformat() if passed else None,
        )
        library = parts.library
        lines = [(row, told(row, library.calendar, today)) for row in _rows(parts, asked)]
    if as_json:
        speaker.data({"deadlines": [_data(row, day) for row, day in lines]})
        return
    table = speaker.table("deadlines.title", _COLUMNS, whole=("due", "project", "item"))
    for row, day in lines:
        table.add_row(*_cells(speaker, library.catalogue, row, day))
    speaker.out.print(table)


def _rows(parts: Parts, asked: store.Asked) -> Iterator[DeadlineRow]:
    """Yield every told day that was asked for, page by page."""
    after: store.Place | None = None
    while True:
        with parts.new_uow() as uow:
            page = store.page(uow.connection, asked, after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]
        after = (str(last.due), last.project, last.unit, last.item, last.attempt, last.kind)


def _data(row: DeadlineRow, day: Told) -> dict[str, object]:
    """Return a line as GET /deadlines tells it."""
    whose = ("project", "unit", "stage", "item", "attempt", "department")
    stands: dict[str, object] = msgspec.to_builtins(day)
    return {name: getattr(row, name) for name in whose} | stands


def _cells(speaker: Terminal, catalogue: Catalogue, row: DeadlineRow, day: Told) -> tuple[str, ...]:
    office = catalogue.departments.get(row.department or "")
    return (
        text(f"clock.lamp.{day.lamp}", speaker.locale),
        str(day.due),
        row.project,
        row.item if not row.unit else f"{row.item} ({row.unit})",
        speaker.say(f"told.{day.kind}"),
        (row.department or "") if office is None else speaker.name(office.name),
    )
