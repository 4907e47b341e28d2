"""Orders that people and timers give. Values only; workflows.decide says what comes of them."""

from __future__ import annotations

from workflows.commands.adjust import (
    FollowCatalogue,
    RearmTimers,
)
from workflows.commands.items import (
    CompleteStep,
    DeclineItem,
    FileItem,
    FileStage,
    FireTimer,
    WithdrawItem,
)
from workflows.commands.law import (
    ChangeFacts,
    ConfirmIssue,
    CorrectTime,
    ExtendLimit,
    GrantByDefault,
    LapseItem,
    RemindDeadline,
    RevertStep,
    RevokeItem,
)
from workflows.commands.pairs import (
    DissolvePair,
    DrawPair,
    ProposePair,
    StartPair,
)
from workflows.commands.papers import (
    SupplyMaterial,
    Tolerate,
)
from workflows.commands.parts import (
    Note,
)
from workflows.commands.pauses import (
    AnswerSupplement,
    AskSupplement,
    EndJointVisit,
    EndProcedure,
    ResumeProject,
    StartJointVisit,
    StartProcedure,
    SuspendProject,
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
    "AnswerSupplement",
    "AskSupplement",
    "AssignAgent",
    "AssignTask",
    "ChangeFacts",
    "ClaimTask",
    "Command",
    "CompleteStep",
    "ConfirmIssue",
    "CorrectTime",
    "DeclineItem",
    "DissolvePair",
    "DrawPair",
    "EndJointVisit",
    "EndProcedure",
    "ExtendLimit",
    "FileItem",
    "FileProject",
    "FileStage",
    "FireTimer",
    "FollowCatalogue",
    "GrantByDefault",
    "LapseItem",
    "Note",
    "ProposePair",
    "RearmTimers",
    "ReleaseTask",
    "RemindDeadline",
    "ResumeProject",
    "RevertStep",
    "RevokeItem",
    "StartJointVisit",
    "StartPair",
    "StartProcedure",
    "SupplyMaterial",
    "SuspendProject",
    "TaskCommand",
    "TerminateProject",
    "Tolerate",
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
    | AskSupplement
    | AnswerSupplement
    | StartProcedure
    | EndProcedure
    | StartJointVisit
    | EndJointVisit
    | SuspendProject
    | ResumeProject
    | ExtendLimit
    | LapseItem
    | RevokeItem
    | GrantByDefault
    | ConfirmIssue
    | RemindDeadline
    | ChangeFacts
    | CorrectTime
    | RevertStep
    | FollowCatalogue
    | RearmTimers
    | SupplyMaterial
    | Tolerate
)
