"""Where a project stands: API, command line and screens read this one view."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from workflows.catalogue.values import Join
from workflows.clock import COUNTS, Lamp
from workflows.facts import Materials
from workflows.progress.blockers import Walk, remaining, standstill
from workflows.progress.clocks import of_stage
from workflows.progress.items import View, item_progress
from workflows.progress.times import Clock, ItemTime, StageUse
from workflows.progress.values import (
    Blocked,
    Blocker,
    Cause,
    Extension,
    ItemProgress,
    ItemStanding,
    Next,
    Progress,
    Revocation,
    StageProgress,
    StageState,
    Step,
    Turn,
    UnitProgress,
)
from workflows.project import ProjectStatus
from workflows.stage_clock import UNIT
from workflows.wiring import home

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.project import Document, Project, StageRun, Unit

__all__ = [
    "Blocked",
    "Blocker",
    "Cause",
    "Clock",
    "Extension",
    "ItemProgress",
    "ItemStanding",
    "ItemTime",
    "Lamp",
    "Next",
    "Progress",
    "Revocation",
    "StageProgress",
    "StageState",
    "Step",
    "Turn",
    "UnitProgress",
    "progress",
]


def progress(
    project: Project,
    catalogue: Catalogue,
    calendar: Calendar,
    now: datetime,
    materials: Materials = Materials.SHOWN,
) -> Progress:
    """Return where *project* stands at *now*.

    Args:
        catalogue: The one whose hash the project was filed under.
        materials: What the district makes of incomplete materials.
    """
    view = View.of(project, catalogue, calendar, now, materials)
    walks = {number: _walk(view, unit) for number, unit in sorted(project.units.items())}
    units = tuple(_unit(view, project.units[number], walk) for number, walk in walks.items())
    return Progress(
        code=project.code,
        number=project.number,
        flow=project.flow,
        status=project.status,
        township=project.township,
        owner=project.owner,
        agent=project.agent,
        suspended=project.suspended,
        filed_at=project.filed_at,
        ended_at=project.ended_at,
        units=units,
        documents=_documents(project),
        next=_next(view, units, walks),
    )


def _documents(project: Project) -> tuple[Document, ...]:
    """Return the documents that were issued and not taken back."""
    standing = (each for each in project.documents.values() if each.revoked_at is None)
    return tuple(sorted(standing, key=lambda each: (each.unit, each.document)))


def _walk(view: View, unit: Unit) -> Walk:
    """Gather the unit's items; what it does not run itself it has from the whole project."""
    items = {
        item.code: item_progress(view, item, home(view.project, unit.number, item.stage))
        for item in view.catalogue.items.values()
        if view.project.flow in item.flows
    }
    return Walk(view, unit.number, items)


def _stages_of(view: View, unit: Unit) -> tuple[int, ...]:
    """Return the stages that a unit runs itself; utilities belong to the whole project."""
    number = unit.number
    return tuple(s for s in view.catalogue.stages if home(view.project, number, s) == number)


def _unit(view: View, unit: Unit, walk: Walk) -> UnitProgress:
    stages = (_stage(view, walk, number) for number in _stages_of(view, unit))
    return UnitProgress(unit=unit.number, stages=tuple(stages))


def _stage(view: View, walk: Walk, stage: int) -> StageProgress:
    run = view.run(stage, walk.unit)
    items = tuple(item for item in walk.items.values() if item.stage == stage)
    flow = view.catalogue.flows[view.project.flow]
    limit = flow.stage_limit(stage)
    use = _use(view, run)
    blocked = standstill(walk.blockers(_towards(view, items, stage))) if _short(view, run) else None
    pairs = (p for p in view.project.pairs.values() if (p.stage, p.unit) == (stage, walk.unit))
    return StageProgress(
        stage=stage,
        unit=walk.unit,
        state=_state(run, blocked),
        blocked=blocked,
        opened_at=run.opened_at if run else None,
        filed_at=run.filed_at if run else None,
        milestone_at=run.milestone_at if run else None,
        ended_at=run.ended_at if run else None,
        limit_days=limit,
        limit_source=None if limit is None else flow.stage_limits_source,
        used_days=use.used,
        used_source=COUNTS[UNIT],
        counts=UNIT.value,
        lamp=use.lamp,
        slots=run.slots if run else 0,
        slots_held=run.held_slots if run else 0,
        round=run.round.number if run else None,
        items=items,
        pairs=tuple(sorted(pairs, key=lambda pair: (pair.proposed_at, pair.id))),
    )


def _short(view: View, run: StageRun | None) -> bool:
    """Tell whether a filed run is short of its milestone."""
    if run is None or view.project.status is not ProjectStatus.RUNNING:
        return False
    return run.filed_at is not None and run.milestone_at is None


def _towards(view: View, items: tuple[ItemProgress, ...], stage: int) -> tuple[ItemProgress, ...]:
    """Return the items that the milestone waits for; with join "any" one grant is enough."""
    of_milestone = tuple(item for item in items if item.milestone)
    join = view.catalogue.stages[stage].join
    if join is Join.ANY and any(item.state is ItemStanding.GRANTED for item in of_milestone):
        return ()
    return of_milestone


def _state(run: StageRun | None, blocked: Blocked | None) -> StageState:
    if run is None:
        return StageState.NOT_OPEN
    if run.ended_at is not None:
        return StageState.ENDED
    if run.milestone_at is not None:
        return StageState.MILESTONE
    if blocked is not None:
        return StageState.BLOCKED
    return StageState.OPEN if run.filed_at is None else StageState.FILED


def _use(view: View, run: StageRun | None) -> StageUse:
    if run is None:
        return StageUse(used=None, lamp=Lamp.NONE)
    return of_stage(view.project, run, view.catalogue, view.calendar, view.on)


def _next(view: View, units: tuple[UnitProgress, ...], walks: Mapping[int, Walk]) -> Next | None:
    """Return the earliest milestone that is still ahead, or else all that is still open."""
    if view.project.status is not ProjectStatus.RUNNING:
        return None
    for unit in units:
        for stage in unit.stages:
            ahead = stage.milestone_at is None and stage.state is not StageState.ENDED
            if ahead and view.catalogue.stages[stage.stage].join is not None:
                starts = _towards(view, stage.items, stage.stage)
                return _waiting(unit.unit, stage.stage, walks[unit.unit].blockers(starts))
    rest = chain.from_iterable(
        walks[unit.unit].blockers(remaining(item for stage in unit.stages for item in stage.items))
        for unit in units
    )
    return _waiting(0, None, tuple(sorted(rest, key=lambda blocker: blocker.since)))


def _waiting(unit: int, stage: int | None, blockers: tuple[Blocker, ...]) -> Next:
    since = min((blocker.since for blocker in blockers), default=None)
    return Next(unit=unit, stage=stage, blockers=blockers, since=since)
