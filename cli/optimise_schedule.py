"""`abreast optimise schedule FILE`: the shortest schedule that departments can keep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Terminal, terminal

if TYPE_CHECKING:
    from simulation.optimise.schedule import Schedule
    from simulation.optimise.workload import Workload

_WIDTH = 40  # of the bars, in characters
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("schedule", cls=SpokenCommand, help="help.optimise_schedule")
@click.argument("file", type=_FILE)
@option("--effort", type=click.FloatRange(min=0.0), default=10.0, help="optimise_effort")
@option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="optimise_svg")
@as_json()
def schedule(file: Path, effort: float, svg: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Schedule the activities of a file."""
    # The libraries take a second to load: they are loaded when the command is called.
    from simulation.optimise.schedule import best_schedule  # noqa: PLC0415 - see above
    from simulation.optimise.workload_files import read_workload  # noqa: PLC0415 - see above

    speaker = terminal()
    workload = read_workload(file.name, file.read_bytes())
    found = best_schedule(workload, effort)
    if svg is not None:
        svg.write_text(_drawn(speaker, workload, found, file.stem), encoding="utf-8")
    if as_json:
        speaker.data(_told(workload, found))
    else:
        _shown(speaker, workload, found)


def _told(workload: Workload, found: Schedule) -> dict[str, Any]:
    return {
        "name": workload.name,
        "days": found.total,
        "bound": found.bound,
        "proved": found.proved,
        "gap": found.gap,
        "serial": found.serial,
        "items": [
            {"code": code, "start": start, "end": start + workload.activities[code].days}
            for code, start in _in_time(found)
        ],
        "departments": [
            {"code": code, "capacity": workload.capacities[code], "used": used}
            for code, used in workload.used(found.total).items()
        ],
    }


def _in_time(found: Schedule) -> list[tuple[str, int]]:
    return sorted(found.starts.items(), key=lambda line: (line[1], line[0]))


def _drawn(speaker: Terminal, workload: Workload, found: Schedule, name: str) -> str:
    from simulation.chart import Lane, lanes  # noqa: PLC0415 - see above

    rows = [
        Lane(name=code, start=start, end=start + workload.activities[code].days)
        for code, start in _in_time(found)
    ]
    return lanes(workload.name or name, speaker.say("optimise.days_axis"), rows)


def _shown(speaker: Terminal, workload: Workload, found: Schedule) -> None:
    columns = ("optimise_activity", "optimise_from", "optimise_to", "optimise_when")
    table = speaker.table("optimise.schedule", columns, columns[1:3], columns)
    for code, start in _in_time(found):
        end = start + workload.activities[code].days
        table.add_row(code, str(start), str(end), _bar(start, end, found.total))
    speaker.out.print(table)
    names = ("optimise_department", "optimise_capacity", "optimise_used")
    busy = speaker.table("optimise.departments", names, names[1:])
    for code, used in workload.used(found.total).items():
        busy.add_row(code, str(workload.capacities[code]), f"{100 * used:.0f} %")
    if busy.row_count:
        speaker.out.print(busy)
    sure = (
        speaker.say("optimise.proved")
        if found.proved
        else speaker.say("optimise.gap", gap=f"{100 * found.gap:.1f}")
    )
    speaker.print(
        "optimise.schedule_total",
        days=found.total,
        sure=sure,
        serial=found.serial,
        bound=found.bound,
    )


def _bar(start: int, end: int, total: int) -> str:
    """Return an activity as a bar; one that takes no day is a point."""
    scale = _WIDTH / max(total, 1)
    left, right = round(start * scale), round(end * scale)
    return " " * left + ("█" * max(right - left, 1) if end > start else "·")
