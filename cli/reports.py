"""`abreast report`: what the logs say about how the office works."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from cli.bottlenecks import COMMANDS
from cli.calibration import calibration
from cli.office import opened
from cli.scope import Form, formed
from cli.speech import SpokenGroup, option
from cli.terminal import Terminal, terminal
from engine import backdating as reading
from engine.store.queries import ProjectFilter
from exchange.sheets import Sheet

_FIGURES = ("entries", "late_entries", "longest_delay", "late_share")

if TYPE_CHECKING:
    from exchange.sheets import Cell
    from workflows.backdating_report import Report, Tally
    from workflows.catalogue.values import Catalogue


@click.group("report", cls=SpokenGroup, help="help.report")
def group() -> None:
    """Hold the reports."""


for each in (*COMMANDS, calibration):
    group.add_command(each)


@group.command("backdating", help="help.report_backdating")
@option("--project", "code", help="report_project")
@formed
def backdating(code: str | None, form: Form) -> None:
    """Tell how much was recorded on a later day than it happened, by department."""
    speaker = terminal()
    with closing(opened()) as parts, speaker.progress("report.reading") as told:
        codes = (code,) if code is not None else reading.codes(parts.new_uow, ProjectFilter())
        found = reading.report(parts.handle, codes, told)
        catalogue = parts.library.catalogue
    if form.shown:
        _show(speaker, found, catalogue)
    else:
        form.tell(speaker, _data(speaker, found, catalogue), _sheets(speaker, found, catalogue))


def _data(speaker: Terminal, found: Report, catalogue: Catalogue) -> dict[str, object]:
    return {
        **_figures(found.whole),
        "departments": [
            {"department": code, "name": _name(speaker, catalogue, code), **_figures(tally)}
            for code, tally in found.departments.items()
        ],
        "projects": [
            {"project": code, **_figures(tally)} for code, tally in found.projects.items()
        ],
    }


def _figures(tally: Tally) -> dict[str, Cell]:
    return {
        "entries": tally.entries,
        "late": tally.late,
        "longest": tally.longest,
        "share": tally.share,
    }


def _show(speaker: Terminal, found: Report, catalogue: Catalogue) -> None:
    columns = ("department", *_FIGURES)
    table = speaker.table("report.backdating", columns, columns[1:])
    for code, tally in found.departments.items():
        table.add_row(_name(speaker, catalogue, code) or code, *_cells(tally))
    table.add_section()
    table.add_row(speaker.say("report.whole"), *_cells(found.whole))
    speaker.out.print(table)
    speaker.print(
        "report.backdating_sum",
        projects=len(found.projects),
        touched=sum(tally.late > 0 for tally in found.projects.values()),
    )


def _sheets(speaker: Terminal, found: Report, catalogue: Catalogue) -> tuple[Sheet, ...]:
    """Return the departments, and the projects, as tables of codes and numbers."""
    rows = [
        (code, _name(speaker, catalogue, code), *_figures(tally).values())
        for code, tally in found.departments.items()
    ]
    projects = [(code, None, *_figures(tally).values()) for code, tally in found.projects.items()]
    return tuple(
        Sheet(
            title=f"{speaker.say('report.backdating')} {speaker.say(f'column.{what}')}",
            columns=tuple(speaker.say(f"column.{column}") for column in (what, "name", *_FIGURES)),
            rows=each,
        )
        for what, each in (("department", rows), ("project", projects))
    )


def _cells(tally: Tally) -> tuple[str, ...]:
    share = "-" if tally.share is None else f"{tally.share:.1%}"
    return str(tally.entries), str(tally.late), str(tally.longest), share


def _name(speaker: Terminal, catalogue: Catalogue, code: str) -> str | None:
    """Return what a department is called today; None for one that the catalogue dropped."""
    known = catalogue.departments.get(code)
    return None if known is None else speaker.name(known.name)
