"""Small changes of a project that several events share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from workflows.frozen import replace
from workflows.project import (
    Attempt,
    ItemState,
    OpenTask,
    Pair,
    Project,
    Round,
    StageRun,
    item_key,
    run_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from workflows import events as e


RECEIVING = "receive"  # the step by which the window takes a file in


class OfRun(Protocol):
    """An event of one stage run."""

    @property
    def stage(self) -> int:
        """Return the stage."""

    @property
    def unit(self) -> int:
        """Return the unit."""


def run_changed(project: Project, body: OfRun, change: Callable[[StageRun], StageRun]) -> Project:
    key = run_key(body.stage, body.unit)
    return replace(project, runs={**project.runs, key: change(project.runs[key])})


def moved(project: Project, stage: int, unit: int, tokens: e.Tokens, event: e.Event) -> Project:
    return replace(project, runs=runs_moved(project, stage, unit, tokens, event))


def runs_moved(
    project: Project, stage: int, unit: int, tokens: e.Tokens, event: e.Event
) -> dict[str, StageRun]:
    key = run_key(stage, unit)
    return {**project.runs, key: tokens_moved(project.runs[key], tokens, event)}


def tokens_moved(run: StageRun, tokens: e.Tokens, event: e.Event) -> StageRun:
    took = set(tokens.took)
    tasks = {path: task for path, task in run.tasks.items() if path not in took}
    tasks |= {o.path: OpenTask(task=o, opened_at=event.happened_at) for o in tokens.opened}
    timers = {path: timer for path, timer in run.timers.items() if path not in took}
    timers |= {armed.path: armed for armed in tokens.armed}
    moved = replace(
        run, tokens=run.tokens.difference(took).union(tokens.put), tasks=tasks, timers=timers
    )
    if any(path.endswith(":slot") for path in took):
        return _slot_freed(moved, event)
    return moved


def _slot_freed(run: StageRun, event: e.Event) -> StageRun:
    """Open the next round: rolling, with each freed slot; in rounds, when none is held."""
    if run.mode == "rounds" and run.held_slots:
        return run
    return replace(run, round=Round(number=run.round.number + 1, opened_by=event.number))


def attempts_begun(  # noqa: PLR0913, PLR0917 - a filing is exactly these
    project: Project,
    stage: int,
    unit: int,
    filings: Iterable[e.Filing],
    at: datetime,
    pair: str | None = None,
) -> Project:
    items = dict(project.items)
    for filing in filings:
        key = item_key(unit, filing.item)
        state = items.get(key) or ItemState(unit=unit, stage=stage, item=filing.item)
        attempt = Attempt(
            number=filing.attempt,
            how=filing.how,
            department=filing.department,
            filed_at=at,
            last_at=at,
            pair=pair,
            slot=filing.slot,
            committed=filing.committed,
            statutory=filing.statutory,
            without=filing.without,
        )
        # A declined item that is filed after all is wanted again.
        items[key] = replace(state, attempts=(*state.attempts, attempt), declined=False)
    return replace(project, items=items)


def attempt_changed(
    project: Project, unit: int, item: str, change: Callable[[Attempt], Attempt]
) -> Project:
    """Change the last attempt of an item."""
    return replace(project, items=items_changed(project, unit, item, change))


def items_changed(
    project: Project, unit: int, item: str, change: Callable[[Attempt], Attempt]
) -> dict[str, ItemState]:
    key = item_key(unit, item)
    state = project.items[key]
    attempts = (*state.attempts[:-1], change(state.attempts[-1]))
    return {**project.items, key: replace(state, attempts=attempts)}


def with_pair(project: Project, pair: Pair) -> Project:
    return replace(project, pairs={**project.pairs, pair.id: pair})


def lifecycle_moved(project: Project, tokens: e.Tokens | None) -> Project:
    if tokens is None:
        return project
    moved = project.lifecycle_tokens.difference(tokens.took).union(tokens.put)
    return replace(project, lifecycle_tokens=moved)
