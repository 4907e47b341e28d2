"""Timers: what silence says when its days are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn import tokens as game
from workflows import commands as c
from workflows import events as e
from workflows.decide.deadlines import received_at
from workflows.decide.open_tasks import task_id
from workflows.decide.stages import follow
from workflows.errors import NotDueError, TaskNotOpenError
from workflows.facts import SYSTEM
from workflows.project import run_key
from workflows.status import Status

if TYPE_CHECKING:
    from workflows.decide.draft import Draft
    from workflows.project import StageRun


def fire_timer(draft: Draft, command: c.FireTimer) -> None:
    """Let a due timer happen; the only one so far is deemed acceptance after silence.

    Raises:
        TaskNotOpenError: If it is not armed.
        NotDueError: If it is too early.
    """
    draft.allow(command)
    run = draft.filed_run(command.item, command.unit)
    item = draft.net(run).items.get(command.item)
    path = "" if item is None else f"{item.path}/{command.timer}"
    armed = run.timers.get(path)
    if armed is None or armed.attempt != command.attempt:
        task = task_id(command.unit, command.item, command.attempt, command.timer)
        raise TaskNotOpenError(task=task)
    if draft.now < armed.due_at:
        raise NotDueError(timer=command.timer, due_at=armed.due_at.isoformat())
    _fire(draft, run, armed)


def let_silence_speak(draft: Draft, command: c.Command) -> None:
    """Let a timer of the attempt that is due go before *command*, whenever that says it happened.

    One that ends the project or lets it stand bears on every attempt.

    Silence is the law's, not the worker's: it says the same whether or not somebody was there to
    record it in time. An earlier deed that nobody entered is said by a correction. Source: XKF32.
    """
    match command:
        case c.StartJointVisit():
            codes = command.items
        case (
            c.CompleteStep() | c.AskSupplement() | c.WithdrawItem() | c.StartProcedure()
            | c.ExtendLimit() | c.GrantByDefault() | c.Tolerate()
        ):  # fmt: skip
            codes = (command.item,)
        case c.WithdrawProject() | c.TerminateProject() | c.SuspendProject():
            _let_all_speak(draft)
            return
        case _:
            return
    for code in codes:
        _let_speak(draft, code, command.unit)


def _let_all_speak(draft: Draft) -> None:
    """Let every due timer of the project go, in the order in which they were due."""
    due = [
        (timer.due_at, timer.path, run.unit, timer.item)
        for run in draft.project.runs.values()
        for timer in run.timers.values()
        if timer.due_at <= draft.now
    ]
    for _, _, unit, code in sorted(due):
        _let_speak(draft, code, unit)


def _let_speak(draft: Draft, code: str, unit: int) -> None:
    item = draft.facts.catalogue.items.get(code)
    run = None if item is None else draft.project.runs.get(run_key(item.stage, unit))
    if run is None or run.filed_at is None:
        return
    due = (t for t in run.timers.values() if t.item == code and t.due_at <= draft.now)
    for armed in tuple(due):
        # The firing before it has moved the run's tokens.
        _fire(draft, draft.project.runs[run.key], armed)


def _fire(draft: Draft, run: StageRun, armed: e.TimerArmed) -> None:
    attempt = draft.state(armed.item, run.unit).attempts[-1]
    move = game.fire(draft.net(run), draft.marking(run), armed.path, draft.case(run.unit))
    body = e.TimerFired(
        stage=run.stage,
        unit=run.unit,
        item=armed.item,
        attempt=attempt.number,
        timer=armed.path.rpartition("/")[2],
        due_at=armed.due_at,
        status=Status.ACCEPTED,
        accepted_at=received_at(attempt),
        tokens=draft.moved(run, move.marking),
    )
    # A timer armed after its due day (the file was received late) is due at once, not before.
    at = max(armed.due_at, attempt.last_at)
    draft.record(body, at, SYSTEM)
    if move.ended:
        follow(draft, run.key, move.ended, at)
