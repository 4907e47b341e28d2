"""Decisions by which a running project follows an adjusted catalogue or calendar."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows import applicability
from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.decide.deadlines import due_at
from workflows.errors import Refusal
from workflows.project import item_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bpmn.net import Net
    from workflows import commands as c
    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.decide.draft import Draft
    from workflows.project import Project, StageRun


class FollowedError(Refusal):
    """The project is under that catalogue already."""

    code = "adjustment.followed"


class TimersStandError(Refusal):
    """No armed timer is due at another instant by the calendar in force."""

    code = "adjustment.timers_stand"


def follow(draft: Draft, command: c.FollowCatalogue) -> None:
    """Go on under the catalogue in force, which the facts hold blended with the open stages.

    Raises:
        FollowedError: If the project is under it already.
    """
    draft.allow(command)
    if draft.project.catalogue == command.catalogue:
        raise FollowedError(project=draft.project.code, catalogue=command.catalogue[:12])
    draft.record(followed(draft.project, draft.facts.catalogue, command.catalogue))


def followed(project: Project, catalogue: Catalogue, hash_: str) -> e.CatalogueFollowed:
    """Return what following does to *project*.

    An item of a stage yet to open whose condition hangs on a fact that nobody has stated is taken
    in: its net holds it at the door until the facts say otherwise.

    Args:
        catalogue: The new one, with the project's open stages as they were drawn.
        hash_: Of the new one by itself.
    """
    before = set(project.applicable)
    found = applicability.possible(catalogue, project.flow, project.facts)
    applicable = tuple(code for code in catalogue.items if code in found)
    return e.CatalogueFollowed(
        catalogue=hash_,
        applicable=applicable,
        added=tuple(code for code in applicable if code not in before),
        dropped=tuple(code for code in project.applicable if code not in applicable),
    )


def opened_stages(project: Project) -> frozenset[int]:
    """Return the stages that any unit of *project* has opened: those are drawn for good."""
    return frozenset(run.stage for run in project.runs.values())


def rearm(draft: Draft, command: c.RearmTimers) -> None:
    """Set the armed timers by the calendar in force.

    Raises:
        TimersStandError: If none is due at another instant.
    """
    draft.allow(command)
    facts = draft.facts
    runs = rearmed(draft.project, facts.nets, facts.calendar, draft.now)
    if not runs:
        raise TimersStandError(project=draft.project.code)
    draft.record(e.TimersRearmed(calendar=facts.calendar.version, runs=runs))


def rearmed(
    project: Project, nets: Mapping[str, Net], calendar: Calendar, now: datetime
) -> tuple[e.RunRearmed, ...]:
    """Return the armed timers that *calendar* sets to another instant, by run.

    Raises:
        OutsideCalendarError: If one would be due beyond the calendar.
    """
    moves = []
    for _, run in sorted(project.runs.items()):
        armed = tuple(_moved_timers(project, run, nets[run.net], calendar, now))
        if armed:
            moves.append(e.RunRearmed(stage=run.stage, unit=run.unit, armed=armed))
    return tuple(moves)


def _moved_timers(
    project: Project, run: StageRun, net: Net, calendar: Calendar, now: datetime
) -> Iterator[e.TimerArmed]:
    for path, armed in sorted(run.timers.items()):
        timer = net.node(path).timer
        attempt = project.items[item_key(run.unit, armed.item)].open
        if timer is None or attempt is None:
            continue
        due = due_at(attempt, timer.days, DayUnit(timer.unit), calendar, now)
        if due != armed.due_at:
            yield replace(armed, due_at=due)
