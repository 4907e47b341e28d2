"""The task of a joint application: it is one filing of its stage, whoever completes it."""

from __future__ import annotations

from workflows import commands as c
from workflows.errors import TaskNotOpenError, UnknownOutcomeError

FILED = "filed"
STAGE = "stage_"


def filing(unit: int, item: str, attempt: int, step: str, outcome: str) -> c.FileStage:
    """Return the filing that completes the task UNIT/ITEM/ATTEMPT/STEP of a joint application.

    Raises:
        TaskNotOpenError: If a joint application has no such task.
        UnknownOutcomeError: If it is not filed by it.

    >>> filing(0, "stage_3", 0, "intake_3", "filed")
    FileStage(stage=3, unit=0)
    """
    stage = item.removeprefix(STAGE)
    if attempt != 0 or step != f"intake_{stage}":
        raise TaskNotOpenError(task=f"{unit}/{item}/{attempt}/{step}")
    if outcome != FILED:
        raise UnknownOutcomeError(task=step, outcome=outcome, outcomes=[FILED])
    return c.FileStage(stage=int(stage), unit=unit)
