"""`abreast project`: a new one, which there are, and where one stands."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from cli.filing import file
from cli.names import townships
from cli.office import opened
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Terminal, terminal
from engine.store import queries
from workflows.moments import local_date
from workflows.progress import ItemStanding, progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.store.queries import ProjectLine
    from wire import Parts
    from workflows.catalogue.values import Catalogue
    from workflows.progress import Blocker, Progress, StageProgress

PAGE = 200
_OPEN = frozenset(
    {
        ItemStanding.HELD,
        ItemStanding.WANTED,
        ItemStanding.RUNNING,
        ItemStanding.REFUSED,
        ItemStanding.LAPSED,
        ItemStanding.WITHDRAWN,
    }
)


@click.group("project", cls=SpokenGroup, help="help.project")
def group() -> None:
    """Hold the commands about projects."""


@group.command("list", help="help.project_list")
@option("--township", help="township")
@option("--agent", help="agent")
@option(
    "--status",
    type=click.Choice(["running", "completed", "withdrawn", "terminated"]),
    help="status",
)
@as_json()
def list_(township: str | None, agent: str | None, status: str | None, as_json: bool) -> None:  # noqa: FBT001 - as above
    """List the projects, the newest first."""
    speaker = terminal()
    with closing(opened()) as parts:
        which = queries.ProjectFilter(township=township, agent=agent, status=status)
        lines = list(_lines(parts, which))
        flows = parts.library.catalogue.flows
        towns = townships(parts, speaker, (line.township for line in lines))
    if as_json:
        speaker.data({"projects": [_line(line) for line in lines]})
        return
    columns = ("project", "name", "flow", "township", "agent", "stage", "status", "filed_on")
    whole = ("project", "agent", "status", "filed_on")
    table = speaker.table("project.list", columns, whole=whole)
    for line in lines:
        table.add_row(
            line.project,
            line.name,
            speaker.name(flows[line.flow].name),
            towns[line.township],
            line.agent or "-",
            str(line.stage),
            speaker.say(f"status.{line.status}"),
            _day(line.filed_at),
        )
    speaker.out.print(table)


@group.command("show", help="help.project_show")
@click.argument("code")
@as_json()
def show(code: str, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Show where a project stands: its stages, what is open, whose turn it is."""
    speaker = terminal()
    with closing(opened()) as parts:
        project = parts.handle.project(code)
        library = parts.in_force.of(project)
        catalogue = library.catalogue
        rule = parts.settings.rules.materials
        seen = progress(project, catalogue, library.calendar, parts.clock.now(), rule)
        town = townships(parts, speaker, [seen.township])[seen.township]
    if as_json:
        speaker.data(_progress(seen))
        return
    speaker.print(
        "project.head",
        project=seen.code,
        flow=speaker.name(catalogue.flows[seen.flow].name),
        status=speaker.say(f"status.{seen.status}"),
        township=town,
        agent=seen.agent or "-",
    )
    columns = ("stage", "state", "filed", "milestone", "used", "limit", "granted", "open_items")
    table = speaker.table("project.stages", columns, columns[4:7])
    for unit in seen.units:
        for stage in unit.stages:
            name = speaker.name(catalogue.stages[stage.stage].name)
            table.add_row(*_stage(speaker, stage, name))
    speaker.out.print(table)
    for blocker in () if seen.next is None else seen.next.blockers:
        speaker.out.print(_waits(speaker, catalogue, blocker))


group.add_command(file)


def _lines(parts: Parts, which: queries.ProjectFilter) -> Iterator[ProjectLine]:
    """Yield every project of the filter, page by page."""
    after = None
    while True:
        with parts.new_uow() as uow:
            page = queries.projects(uow.connection, which, after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = (page[-1].filed_at, page[-1].project)


def _line(line: ProjectLine) -> dict[str, object]:
    return {
        "code": line.project,
        "name": line.name,
        "flow": line.flow,
        "township": line.township,
        "owner": line.owner,
        "agent": line.agent,
        "stage": line.stage,
        "status": line.status,
        "events": line.number,
        "filed_at": line.filed_at.isoformat(),
        "ended_at": None if line.ended_at is None else line.ended_at.isoformat(),
    }


def _progress(seen: Progress) -> dict[str, object]:
    return {
        "code": seen.code,
        "flow": seen.flow,
        "status": seen.status.value,
        "township": seen.township,
        "agent": seen.agent,
        "events": seen.number,
        "stages": [
            {
                "unit": unit.unit,
                "stage": stage.stage,
                "state": stage.state.value,
                "milestone_at": None
                if stage.milestone_at is None
                else stage.milestone_at.isoformat(),
                "used_days": stage.used_days,
                "limit_days": stage.limit_days,
                "wanted": stage.wanted,
                "granted": stage.granted,
                "slots": stage.slots,
                "slots_held": stage.slots_held,
                "open": [i.item for i in stage.items if i.state in _OPEN],
            }
            for unit in seen.units
            for stage in unit.stages
        ],
        "waits_for": [
            {
                "item": b.item,
                "stage": b.stage,
                "unit": b.unit,
                "cause": b.cause.value,
                "turn": b.turn.performer,
                "department": b.turn.department,
                "since": b.since.isoformat(),
            }
            for b in (() if seen.next is None else seen.next.blockers)
        ],
    }


def _stage(speaker: Terminal, stage: StageProgress, name: str) -> tuple[str, ...]:
    running = [item.item for item in stage.items if item.state in _OPEN]
    return (
        f"{stage.stage} {name}" + (f" / {stage.unit}" if stage.unit else ""),
        speaker.say(f"stage_state.{stage.state}"),
        _day(stage.filed_at),
        _day(stage.milestone_at),
        "-" if stage.used_days is None else str(stage.used_days),
        "-" if stage.limit_days is None else str(stage.limit_days),
        f"{stage.granted}/{stage.wanted}",
        " ".join(running) if stage.opened_at is not None else "",
    )


def _waits(speaker: Terminal, catalogue: Catalogue, blocker: Blocker) -> str:
    """Return one line: what is waited for, by whom it is to be done, and since when."""
    turn = speaker.say(f"performer.{blocker.turn.performer}")
    if blocker.turn.department is not None:
        turn = speaker.name(catalogue.departments[blocker.turn.department].name)
    what = speaker.say("project.joint_application", stage=blocker.stage)
    if blocker.item is not None:
        what = f"{blocker.item} {speaker.name(catalogue.items[blocker.item].name)}"
    cause = speaker.say(f"cause.{blocker.cause}")
    return speaker.say(
        "project.waits", what=what, cause=cause, turn=turn, since=_day(blocker.since)
    )


def _day(instant: datetime | None) -> str:
    return "-" if instant is None else local_date(instant).isoformat()
