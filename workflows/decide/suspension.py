"""The suspension of a project: all its clocks stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import commands as c
from workflows import events as e
from workflows.clock import stands
from workflows.decide.pauses import after_pause, armed_again, pausing, resuming, run_of
from workflows.errors import NotSuspendedError, ProjectSuspendedError

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt


def suspend(draft: Draft, command: c.SuspendProject) -> None:
    """Stop the whole project; every open attempt is paused until it is resumed."""
    draft.allow(command)
    if draft.project.suspended:
        raise ProjectSuspendedError(project=draft.project.code)
    draft.record(e.ProjectSuspended(reason=command.reason))
    for unit in sorted(draft.project.units):
        paused = tuple(
            pausing(run_of(draft, code, unit), code, attempt, attempt.status)
            for code, attempt in _open_attempts(draft, unit)
        )
        if paused:
            body = e.ItemPaused(unit=unit, kind=e.PauseKind.SUSPENSION, paused=paused)
            draft.record(body)


def resume(draft: Draft, command: c.ResumeProject) -> None:
    """Let a suspended project go on.

    Raises:
        NotSuspendedError: If it is not suspended.
    """
    draft.allow(command)
    if not draft.project.suspended:
        raise NotSuspendedError(project=draft.project.code)
    draft.record(e.ProjectResumed(reason=command.reason))
    for unit in sorted(draft.project.units):
        _resume_unit(draft, unit)


def stood_through(draft: Draft, attempt: Attempt, until: datetime) -> tuple[e.Stood, ...]:
    """Return the suspensions that an attempt found to have lasted *until* has not counted yet.

    It was closed when the project was suspended, by an entry that was wrong.
    """
    counted = {p.since for p in attempt.pauses if p.kind is e.PauseKind.SUSPENSION}
    return tuple(
        e.Stood(since=each.since, until=each.until)
        for each in draft.project.suspensions
        if each.until is not None
        and attempt.filed_at <= each.since < until
        and each.since not in counted
    )


def _open_attempts(draft: Draft, unit: int) -> list[tuple[str, Attempt]]:
    return [
        (state.item, state.open)
        for _, state in sorted(draft.project.items.items())
        if state.unit == unit and state.open is not None
    ]


def _resume_unit(draft: Draft, unit: int) -> None:
    """End the suspension's pauses, and arm the timers of attempts that nothing else stops."""
    resumed = []
    armed: list[e.TimerArmed] = []
    for code, attempt in _open_attempts(draft, unit):
        for pause in attempt.open_pauses:
            if pause.kind is e.PauseKind.SUSPENSION:
                run = run_of(draft, code, unit)
                resumed.append(resuming(run, code, attempt, pause, attempt.status))
                after = after_pause(attempt, pause, draft.now)
                if not stands(after):
                    armed += armed_again(draft, run, code, after)
    if resumed:
        body = e.ItemResumed(
            unit=unit,
            kind=e.PauseKind.SUSPENSION,
            resumed=tuple(resumed),
            armed=tuple(armed),
        )
        draft.record(body)
