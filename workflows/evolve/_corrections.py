"""What corrections of pauses, and what follows from corrections, make of a project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.events import PauseKind
from workflows.project import item_key, run_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workflows import events as e
    from workflows.project import Attempt, Pause, Project, Suspension


def pause_corrected(project: Project, body: e.PauseCorrected) -> Project:
    """Return the project with one pause begun or ended at another time."""

    def corrected(pause: Pause) -> Pause:
        if pause.number != body.pause:
            return pause
        if body.moment == "paused":
            return replace(pause, since=body.now, bound=body.bound)
        return replace(pause, until=body.now)

    project = _attempt_changed(
        project, body, lambda a: replace(a, pauses=tuple(corrected(p) for p in a.pauses))
    )
    return replace(project, suspensions=tuple(_moved_too(project, body)))


def _moved_too(project: Project, body: e.PauseCorrected) -> Iterator[Suspension]:
    """Yield the project's suspensions, one of which the correction of an item's moves along."""
    attempt = project.items[item_key(body.unit, body.item)].attempts[body.attempt - 1]
    stops = attempt.pauses[body.pause - 1].kind is PauseKind.SUSPENSION
    for each in project.suspensions:
        if stops and body.moment == "paused" and each.since == body.was:
            yield replace(each, since=body.now)
        elif stops and body.moment == "resumed" and each.until == body.was:
            yield replace(each, until=body.now)
        else:
            yield each


def correction_followed(project: Project, body: e.CorrectionFollowed) -> Project:
    """Return the project with everything moved that rested on a corrected moment."""
    project = _attempt_changed(project, body, lambda a: replace(a, last_at=body.last_at))
    for moved in body.moved:
        project = _moved(project, moved)
    return project


def _moved(project: Project, moved: e.MomentMoved) -> Project:
    if moved.pair is not None:
        pair = replace(project.pairs[moved.pair], ended_at=moved.now)
        return replace(project, pairs={**project.pairs, moved.pair: pair})
    if moved.what == "project_ended":
        return replace(project, ended_at=moved.now)
    key = run_key(moved.stage, moved.unit)
    run = project.runs[key]
    match moved.what:
        case "milestone":
            run = replace(run, milestone_at=moved.now)
        case "opened":
            run = replace(run, opened_at=moved.now)
        case "stage_ended":
            run = replace(run, ended_at=moved.now)
        case _:
            raise ValueError(moved.what)
    return replace(project, runs={**project.runs, key: run})


def _attempt_changed(
    project: Project,
    body: e.PauseCorrected | e.CorrectionFollowed,
    change: Callable[[Attempt], Attempt],
) -> Project:
    """Change the attempt that *body* names, the item's last or an earlier one."""
    key = item_key(body.unit, body.item)
    state = project.items[key]
    attempts = tuple(
        change(attempt) if attempt.number == body.attempt else attempt for attempt in state.attempts
    )
    return replace(project, items={**project.items, key: replace(state, attempts=attempts)})
