"""`abreast agents`: the roster with loads, one agent's projects, and days away."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from cli.acting import acting, actor, new_key
from cli.names import townships
from cli.office import opened
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Failed, terminal
from engine.store import queries
from workflows.facts import SYSTEM
from workflows.moments import local_date
from workflows.roster import SetAbsence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.queries import AgentLine, CaseLine
    from wire import Parts

PAGE = 200


@click.group("agents", cls=SpokenGroup, help="help.agents")
def group() -> None:
    """Hold the commands about agents."""


@group.command("list", help="help.agents_list")
@option("--township", help="township")
@as_json()
def list_(township: str | None, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """List the agents with their running projects."""
    speaker = terminal()
    with closing(opened()) as parts:
        lines, today = _roster(parts, township), local_date(parts.clock.now())
        towns = townships(parts, speaker, (line.township for line in lines))
    if as_json:
        speaker.data({"agents": [_told(line, today) for line in lines]})
        return
    columns = ("person", "name", "township", "township_code", "load", "away")
    table = speaker.table("agents.title", columns, ("load",), whole=("person", "township_code"))
    for line in lines:
        town = towns[line.township]
        table.add_row(line.agent, line.name, town, line.township, str(line.load), _away(line))
    speaker.out.print(table)


@group.command("caseload", help="help.agents_caseload")
@click.argument("agent")
@as_json()
def caseload(agent: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """List an agent's running projects."""
    speaker = terminal()
    with closing(opened()) as parts:
        _of(parts, agent)
        cases = list(_cases(parts, agent))
        flows = parts.library.catalogue.flows
    if as_json:
        speaker.data({"agent": agent, "projects": [_case(case) for case in cases]})
        return
    columns = ("project", "name", "flow", "stage", "open_tasks", "wanted", "filed_on")
    whole = ("project", "filed_on")
    table = speaker.table("agents.caseload", columns, columns[3:6], whole=whole)
    for case in cases:
        line = case.project
        table.add_row(
            line.project,
            line.name,
            speaker.name(flows[line.flow].name),
            str(line.stage),
            str(case.open_tasks),
            str(case.wanted),
            local_date(line.filed_at).isoformat(),
        )
    speaker.out.print(table)


@group.command("absent", help="help.agents_absent")
@click.argument("agent")
@option("--from", "first", metavar="DATE", help="absent_from")
@option("--to", "last", metavar="DATE", help="absent_to")
@option("--back", is_flag=True, help="absent_back")
@acting(required=False)
@as_json()
def absent(  # noqa: PLR0913, PLR0917 - click hands over one argument an option
    agent: str,
    first: str | None,
    last: str | None,
    back: bool,  # noqa: FBT001 - click hands flags over by name
    person: str | None,
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Say when an agent is away and gets no new project, or that they are back."""
    speaker = terminal()
    if back == (first is not None or last is not None):
        raise Failed("agents.no_days")
    days = _day(first), _day(last)
    with closing(opened()) as parts:
        who = SYSTEM if person is None else actor(parts, person)
        for line in _of(parts, agent):
            command = SetAbsence(agent=agent, first=days[0], last=days[1])
            parts.rosters.execute(line.township, command, who, new_key())
        lines, today = _of(parts, agent), local_date(parts.clock.now())
    if as_json:
        speaker.data({"agents": [_told(line, today) for line in lines]})
    elif back:
        speaker.print("agents.back", agent=agent)
    else:
        speaker.print("agents.absent", agent=agent, first=first, last=last)


def _roster(parts: Parts, township: str | None = None) -> tuple[AgentLine, ...]:
    with parts.new_uow() as uow:
        return queries.agents(uow.connection, township)


def _of(parts: Parts, agent: str) -> tuple[AgentLine, ...]:
    """Return an agent's line of every roster they are on.

    Raises:
        Failed: If there is none.
    """
    lines = tuple(line for line in _roster(parts) if line.agent == agent)
    if not lines:
        raise Failed("agents.unknown", agent=agent)
    return lines


def _cases(parts: Parts, agent: str) -> Iterator[CaseLine]:
    """Yield every project of the agent, page by page."""
    after: tuple[datetime, str] | None = None
    while True:
        with parts.new_uow() as uow:
            page = queries.caseload(uow.connection, agent, after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = (page[-1].project.filed_at, page[-1].project.project)


def _told(line: AgentLine, today: date) -> dict[str, object]:
    first, last = line.away_from, line.away_to
    return {
        "agent": line.agent,
        "name": line.name or None,
        "township": line.township,
        "running": line.load,
        "away": first is not None and last is not None and first <= today <= last,
        "away_from": None if first is None else first.isoformat(),
        "away_to": None if last is None else last.isoformat(),
    }


def _case(case: CaseLine) -> dict[str, object]:
    line = case.project
    return {
        "code": line.project,
        "name": line.name or None,
        "flow": line.flow,
        "township": line.township,
        "stage": line.stage,
        "open_tasks": case.open_tasks,
        "wanted": case.wanted,
        "filed_at": line.filed_at.isoformat(),
    }


def _away(line: AgentLine) -> str:
    return "-" if line.away_from is None else f"{line.away_from} - {line.away_to}"


def _day(given: str | None) -> date | None:
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError as error:
        raise Failed("calendar.bad_date", value=given) from error
