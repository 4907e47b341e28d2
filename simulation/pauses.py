"""What stops an item for a while: an incomplete application, or a special procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.options import Option, Rank, Scene
from simulation.papers import LOOKS, SUPPLEMENTED, answering, hands_in, own
from workflows import commands as c
from workflows.catalogue.values import DayUnit
from workflows.events import PauseKind
from workflows.moments import local_date

if TYPE_CHECKING:
    from datetime import date, datetime

    from workflows.project import Attempt, OpenTask, Pause

_STUDIES = frozenset({"review"})  # before these the office begins a procedure
TELL = 1  # working days in which it is told what is missing


def ending(scene: Scene, task: OpenTask, code: str) -> Option | None:
    """Return how the open pause of an attempt ends; None where none stops it."""
    attempt = scene.state(code).open
    pause = next((p for p in attempt.open_pauses if not p.counted), None) if attempt else None
    if attempt is None or pause is None:
        return None
    due = scene.world.after(
        pause.since, _days(scene, pause.kind, code, attempt), DayUnit.WORKING_DAY, code, "resumed"
    )
    unit, number = scene.run.unit, attempt.number
    command: c.Command
    match pause.kind:
        case PauseKind.SUPPLEMENT:
            brought = answering(scene, pause, due)
            if brought is not None:
                return brought
            command = c.AnswerSupplement(item=code, unit=unit, attempt=number)
            performer = "agent"
        case PauseKind.PROCEDURE:
            command = c.EndProcedure(
                item=code, unit=unit, attempt=number, procedure=pause.procedure or ""
            )
            performer = "department"
        case _:
            return None
    return Option(
        due=due,
        rank=Rank.STEP,
        key=task.task.path,
        command=command,
        performer=performer,
        department=attempt.department,
    )


def beginning(scene: Scene, task: OpenTask, code: str, step: str) -> Option | None:
    """Return the pause that comes instead of a step; None where none does."""
    attempt = scene.state(code).open
    if attempt is None:
        return None
    if step in LOOKS and _strikes(scene, scene.world.habits.supplemented, attempt, code):
        return _asked(scene, task, code, attempt)
    if step in _STUDIES and _strikes(scene, scene.world.habits.procedure, attempt, code):
        return _started(scene, task, code, attempt)
    return None


def resumed_at(attempt: Attempt, since: datetime) -> datetime:
    """Return *since*, or when the last pause after it ended."""
    ends = [p.until for p in attempt.pauses if not p.counted and p.until is not None]
    return max([since, *ends])


def _strikes(scene: Scene, chance: float, attempt: Attempt, code: str) -> bool:
    """Tell whether a pause comes; an attempt has one of a kind at most."""
    kind = SUPPLEMENTED if attempt.accepted_at is None else "procedure"
    had = any(_kind(pause) == kind for pause in attempt.pauses)
    return not had and scene.strikes(chance, code, attempt.number, kind)


def _kind(pause: Pause) -> str:
    return SUPPLEMENTED if pause.kind is PauseKind.SUPPLEMENT else "procedure"


def _asked(scene: Scene, task: OpenTask, code: str, attempt: Attempt) -> Option | None:
    materials = own(scene, code) if hands_in(scene) else scene.item(code).materials[:1]
    if not materials or attempt.deemed:
        return None
    due = scene.world.after(task.opened_at, TELL, DayUnit.WORKING_DAY, code, "asked")
    until = _end(scene, PauseKind.SUPPLEMENT, code, attempt, due)
    said = scene.say(SUPPLEMENTED, code, attempt.number)
    command = c.AskSupplement(
        item=code,
        unit=scene.run.unit,
        attempt=attempt.number,
        missing=materials[-1:],
        answer_by=until.isoformat(),
        reason=said.note,
    )
    return Option(
        due=due,
        rank=Rank.STEP,
        key=task.task.path,
        command=command,
        performer="window",
        said=said,
    )


def _started(scene: Scene, task: OpenTask, code: str, attempt: Attempt) -> Option | None:
    uses = scene.item(code).procedures
    lead = scene.world.catalogue.stages[scene.run.stage].lead
    if not uses or lead is None:
        return None
    procedure = scene.world.catalogue.procedures[uses[0].procedure]
    due = scene.soon()
    until = _end(scene, PauseKind.PROCEDURE, code, attempt, due)
    if procedure.max_days is not None:
        unit = procedure.unit or DayUnit.WORKING_DAY
        last = scene.world.calendar.add(local_date(due), procedure.max_days, unit)
        until = min(until, last)
    command = c.StartProcedure(
        item=code,
        unit=scene.run.unit,
        attempt=attempt.number,
        procedure=procedure.code,
        expected_end=until.isoformat(),
        approved_by=f"lead-{lead}",
    )
    return Option(
        due=due,
        rank=Rank.STEP,
        key=task.task.path,
        command=command,
        performer="department",
        department=attempt.department,
    )


def _end(scene: Scene, kind: PauseKind, code: str, attempt: Attempt, at: datetime) -> date:
    """Return the day on which a pause is told to end: a little later than it will."""
    days = _days(scene, kind, code, attempt) + 2
    return scene.world.calendar.add(local_date(at), days, DayUnit.WORKING_DAY)


def _days(scene: Scene, kind: PauseKind, code: str, attempt: Attempt) -> int:
    """Return the working days of a pause: from one to twice what is usual."""
    habits = scene.world.habits
    usual = habits.answer if kind is PauseKind.SUPPLEMENT else habits.procedure_days
    luck = scene.world.luck.draw(scene.project.code, code, attempt.number, kind.value, "days")
    return 1 + int(luck * (2 * usual - 1))
