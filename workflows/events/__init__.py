"""What happened, with its results. Bodies are frozen: a new meaning is a new version.

An event names BPMN elements by path, never by bit, and people and free text by reference only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from workflows.events.adjust import (
    CatalogueFollowed,
    RunRearmed,
    TimersRearmed,
)
from workflows.events.items import (
    ItemDeclined,
    ItemEnded,
    ItemFiled,
    ItemWithdrawn,
    StepCompleted,
    TimerFired,
)
from workflows.events.law import (
    CorrectionFollowed,
    DeadlineReached,
    ExtensionReverted,
    FactsChanged,
    GrantedByDefault,
    IssueConfirmed,
    ItemLapsed,
    ItemRevoked,
    LapseReverted,
    LimitExtended,
    MomentMoved,
    PauseCorrected,
    RunMoved,
    StepReverted,
    TimeCorrected,
)
from workflows.events.pairs import (
    PairDissolved,
    PairEnded,
    PairProposed,
    PairStarted,
)
from workflows.events.papers import (
    MaterialSupplied,
    ToleranceMet,
    Tolerated,
)
from workflows.events.parts import (
    AgentLoad,
    ClosedAttempt,
    Draw,
    Filing,
    Held,
    How,
    Issued,
    Limit,
    Policy,
    PulledIn,
    Stood,
    TaskOpened,
    TimerArmed,
    Tokens,
)
from workflows.events.pauses import (
    ItemPaused,
    ItemResumed,
    Paused,
    PauseKind,
    ProjectResumed,
    ProjectSuspended,
)
from workflows.events.projects import (
    AgentAssigned,
    ProjectCompleted,
    ProjectFiled,
    ProjectTerminated,
    ProjectWithdrawn,
    UnitAdded,
)
from workflows.events.stages import (
    MilestoneReached,
    StageEnded,
    StageFiled,
    StageOpened,
)
from workflows.events.tasks import (
    TaskAssigned,
    TaskClaimed,
    TaskReleased,
)

__all__ = [
    "KINDS",
    "AgentAssigned",
    "AgentLoad",
    "Body",
    "CatalogueFollowed",
    "ClosedAttempt",
    "CorrectionFollowed",
    "DeadlineReached",
    "Draw",
    "Event",
    "ExtensionReverted",
    "FactsChanged",
    "Filing",
    "GrantedByDefault",
    "Held",
    "How",
    "IssueConfirmed",
    "Issued",
    "ItemDeclined",
    "ItemEnded",
    "ItemFiled",
    "ItemLapsed",
    "ItemPaused",
    "ItemResumed",
    "ItemRevoked",
    "ItemWithdrawn",
    "LapseReverted",
    "Limit",
    "LimitExtended",
    "MaterialSupplied",
    "MilestoneReached",
    "MomentMoved",
    "PairDissolved",
    "PairEnded",
    "PairProposed",
    "PairStarted",
    "PauseCorrected",
    "PauseKind",
    "Paused",
    "Policy",
    "ProjectCompleted",
    "ProjectFiled",
    "ProjectResumed",
    "ProjectSuspended",
    "ProjectTerminated",
    "ProjectWithdrawn",
    "PulledIn",
    "RunMoved",
    "RunRearmed",
    "StageEnded",
    "StageFiled",
    "StageOpened",
    "StepCompleted",
    "StepReverted",
    "Stood",
    "TaskAssigned",
    "TaskClaimed",
    "TaskOpened",
    "TaskReleased",
    "TimeCorrected",
    "TimerArmed",
    "TimerFired",
    "TimersRearmed",
    "Tokens",
    "ToleranceMet",
    "Tolerated",
    "UnitAdded",
]

Body = (
    ProjectFiled
    | AgentAssigned
    | UnitAdded
    | ProjectCompleted
    | ProjectWithdrawn
    | ProjectTerminated
    | StageOpened
    | StageFiled
    | MilestoneReached
    | StageEnded
    | ItemFiled
    | StepCompleted
    | TimerFired
    | ItemEnded
    | ItemWithdrawn
    | ItemDeclined
    | PairProposed
    | PairStarted
    | PairEnded
    | PairDissolved
    | TaskClaimed
    | TaskAssigned
    | TaskReleased
    | ItemPaused
    | ItemResumed
    | ProjectSuspended
    | ProjectResumed
    | LimitExtended
    | ItemLapsed
    | ItemRevoked
    | GrantedByDefault
    | FactsChanged
    | TimeCorrected
    | StepReverted
    | PauseCorrected
    | CorrectionFollowed
    | CatalogueFollowed
    | TimersRearmed
    | MaterialSupplied
    | Tolerated
    | ToleranceMet
    | ExtensionReverted
    | LapseReverted
    | IssueConfirmed
    | DeadlineReached
)

KINDS: dict[str, type[Body]] = {
    kind.__name__: kind
    for kind in (
        ProjectFiled,
        AgentAssigned,
        UnitAdded,
        ProjectCompleted,
        ProjectWithdrawn,
        ProjectTerminated,
        StageOpened,
        StageFiled,
        MilestoneReached,
        StageEnded,
        ItemFiled,
        StepCompleted,
        TimerFired,
        ItemEnded,
        ItemWithdrawn,
        ItemDeclined,
        PairProposed,
        PairStarted,
        PairEnded,
        PairDissolved,
        TaskClaimed,
        TaskAssigned,
        TaskReleased,
        ItemPaused,
        ItemResumed,
        ProjectSuspended,
        ProjectResumed,
        LimitExtended,
        ItemLapsed,
        ItemRevoked,
        GrantedByDefault,
        FactsChanged,
        TimeCorrected,
        StepReverted,
        PauseCorrected,
        CorrectionFollowed,
        CatalogueFollowed,
        TimersRearmed,
        MaterialSupplied,
        Tolerated,
        ToleranceMet,
        ExtensionReverted,
        LapseReverted,
        IssueConfirmed,
        DeadlineReached,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One numbered event of a project's stream, as the rules see it.

    The store's envelope adds stream, version, hashes and the command id (engine/store).

    Attributes:
        number: Dense from 1 in its stream.
        happened_at: When it was true, in UTC; never after *recorded_at*.
        actor: Id of the person or "system".
    """

    number: int
    happened_at: datetime
    recorded_at: datetime
    actor: str
    body: Body
