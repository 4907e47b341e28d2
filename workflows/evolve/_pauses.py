"""What pauses make of attempts, their timers and their pair slots."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.evolve._changes import attempt_changed, moved
from workflows.project import Pause, Suspension, run_key

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.project import Attempt, Project


def paused_or_resumed(
    project: Project, body: e.ItemPaused | e.ItemResumed, event: e.Event
) -> Project:
    """Return the project with each named attempt paused, or running again."""
    if isinstance(body, e.ItemPaused):
        for one in body.paused:
            project = _paused(project, body, one, event)
        return project
    for one in body.resumed:
        project = _resumed(project, body, one, event)
    return _armed(project, body)


def suspended_or_resumed(
    project: Project, body: e.ProjectSuspended | e.ProjectResumed, at: datetime
) -> Project:
    """Return the project standing still as a whole, or going on."""
    if isinstance(body, e.ProjectSuspended):
        stretches = (*project.suspensions, Suspension(since=at))
        return replace(project, suspended=True, suspensions=stretches)
    *before, last = project.suspensions
    return replace(project, suspended=False, suspensions=(*before, replace(last, until=at)))


def _paused(project: Project, body: e.ItemPaused, one: e.Paused, event: e.Event) -> Project:
    def paused(attempt: Attempt) -> Attempt:
        pause = Pause(
            number=one.pause,
            kind=body.kind,
            since=event.happened_at,
            counted=body.counted,
            procedure=body.procedure,
            visit=body.visit,
            missing=body.missing,
            expected_end=body.expected_end,
            approved_by=body.approved_by,
            bound=body.bound,
            status_before=attempt.status,
        )
        return replace(
            attempt,
            status=one.status,
            last_at=_last(attempt, body, event),
            pauses=(*attempt.pauses, pause),
            slot=attempt.slot and one.tokens is None,
        )

    if one.tokens is not None:
        project = moved(project, one.stage, body.unit, one.tokens, event)
    project = attempt_changed(project, body.unit, one.item, paused)
    return _disarmed(project, body, one)


def _resumed(project: Project, body: e.ItemResumed, one: e.Paused, event: e.Event) -> Project:
    def resumed(attempt: Attempt) -> Attempt:
        pauses = tuple(
            replace(pause, until=event.happened_at) if pause.number == one.pause else pause
            for pause in attempt.pauses
        )
        last = _last(attempt, body, event)
        return replace(attempt, status=one.status, last_at=last, pauses=pauses)

    return attempt_changed(project, body.unit, one.item, resumed)


def _last(attempt: Attempt, body: e.ItemPaused | e.ItemResumed, event: e.Event) -> datetime:
    """Return the attempt's last transition; a suspension is the project's, and is none of it.

    What ended outside the office while it lasted may be entered when it is over.
    """
    return attempt.last_at if body.kind is e.PauseKind.SUSPENSION else event.happened_at


def _disarmed(project: Project, body: e.ItemPaused, one: e.Paused) -> Project:
    """Stop the attempt's timers; the resumption arms them with new instants."""
    key = run_key(one.stage, body.unit)
    run = project.runs[key]
    timers = {path: timer for path, timer in run.timers.items() if timer.item != one.item}
    return replace(project, runs={**project.runs, key: replace(run, timers=timers)})


def _armed(project: Project, body: e.ItemResumed) -> Project:
    stages = {one.item: one.stage for one in body.resumed}
    for armed in body.armed:
        key = run_key(stages[armed.item], body.unit)
        run = project.runs[key]
        timers = {**run.timers, armed.path: armed}
        project = replace(project, runs={**project.runs, key: replace(run, timers=timers)})
    return project
