"""Orders that people and timers give. Values only; workflows.decide says what comes of them."""

from __future__ import annotations

from workflows.commands.items import (
    CompleteStep,
    DeclineItem,
    FileItem,
    FileStage,
    FireTimer,
    WithdrawItem,
)
from workflows.commands.pairs import (
    DissolvePair,
    DrawPair,
    ProposePair,
    StartPair,
)
from workflows.commands.parts import (
    Note,
)
from workflows.commands.projects import (
    AddUnit,
    AssignAgent,
    FileProject,
    TerminateProject,
    WithdrawProject,
)
from workflows.commands.tasks import (
    AssignTask,
    ClaimTask,
    ReleaseTask,
)

__all__ = [
    "AddUnit",
    "AssignAgent",
    "AssignTask",
    "ClaimTask",
    "Command",
    "CompleteStep",
    "DeclineItem",
    "DissolvePair",
    "DrawPair",
    "FileItem",
    "FileProject",
    "FileStage",
    "FireTimer",
    "Note",
    "ProposePair",
    "ReleaseTask",
    "StartPair",
    "TaskCommand",
    "TerminateProject",
    "WithdrawItem",
    "WithdrawProject",
]

TaskCommand = ClaimTask | AssignTask | ReleaseTask
Command = (
    FileProject
    | AssignAgent
    | AddUnit
    | WithdrawProject
    | TerminateProject
    | FileStage
    | FileItem
    | CompleteStep
    | FireTimer
    | WithdrawItem
    | DeclineItem
    | ProposePair
    | DrawPair
    | StartPair
    | DissolvePair
    | ClaimTask
    | AssignTask
    | ReleaseTask
)
