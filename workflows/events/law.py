"""What changed afterwards: limits, results taken back, facts, wrong entries set right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from workflows.commands import Note  # noqa: TC001 - msgspec reads the annotations at run time
from workflows.events.parts import (  # noqa: TC001 - msgspec reads the annotations at run time
    Issued,
    Stood,
    Tokens,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitExtended:
    """Days, in the unit of the attempt's committed limit; published on the owner's page."""

    stage: int
    unit: int
    item: str
    attempt: int
    days: int
    source: str
    approved_by: str
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLapsed:
    """A supplement went unanswered; ItemEnded follows with the result."""

    stage: int
    unit: int
    item: str
    attempt: int
    reason: Note
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRevoked:
    """A granted result was taken back.

    Attributes:
        documents: Kinds that no longer exist.
        resting: Items running or granted on the strength of them, flagged and not touched.
    """

    stage: int
    unit: int
    item: str
    attempt: int
    status: int
    documents: tuple[str, ...]
    resting: tuple[str, ...]
    reason: Note
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedByDefault:
    """An overdue item counts as granted; ItemEnded follows.

    The late department must issue the document by *issue_by* (ISO date) and bears the liability.
    """

    stage: int
    unit: int
    item: str
    attempt: int
    issue_by: str
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueConfirmed:
    """The late department has issued the document of a default grant, as it must."""

    stage: int
    unit: int
    item: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReached:
    """A day that somebody was told is there, or has passed: those whom it concerns are told.

    Attributes:
        kind: Of deadline; see workflows/deadlines.py.
        due: ISO date, as the days of suspensions have moved it.
        passed: It lies behind; otherwise it is today.
    """

    stage: int
    unit: int
    item: str
    attempt: int
    department: str
    kind: str
    due: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMoved:
    """The move of one stage run within a larger event."""

    stage: int
    unit: int
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsChanged:
    """Facts were stated anew.

    Attributes:
        facts: The changed ones only.
        applicable: All items that apply now, in catalogue order.
        wanted: Items that apply and did not before.
        flagged: Items running or granted that no longer apply; nothing is cancelled.
    """

    facts: dict[str, bool | str]
    applicable: tuple[str, ...]
    wanted: tuple[str, ...]
    flagged: tuple[str, ...]
    runs: tuple[RunMoved, ...]
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCorrected:
    """The entry *event* happened at another time than was recorded.

    Attributes:
        moment: Which time of the attempt it sets: filed, accepted, decided or ended.
        was: That time until now.
        issued: Documents whose day of issue moves along.
        stood: Suspensions that the attempt has lasted through by its corrected end, and that its
            wrong one lay before; they count as its pauses from now on.
    """

    event: int
    stage: int
    unit: int
    item: str
    attempt: int
    moment: str
    was: datetime
    now: datetime
    role: str
    reason: Note
    issued: tuple[Issued, ...] = ()
    stood: tuple[Stood, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseCorrected:
    """A pause began or ended at another time than the entry *event* said.

    Attributes:
        pause: Number of the attempt's pause.
        moment: paused or resumed.
        was: That time until now.
        bound: The last date that the law leaves out, as it follows from the corrected beginning.
    """

    event: int
    stage: int
    unit: int
    item: str
    attempt: int
    pause: int
    moment: str
    was: datetime
    now: datetime
    role: str
    reason: Note
    bound: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentMoved:
    """An instant that rested on a corrected one.

    Attributes:
        what: milestone, opened, stage_ended, pair_ended or project_ended.
        stage, unit: Of the run; both 0 for the project.
        pair: Id of the pair, for its end.
    """

    what: str
    stage: int
    unit: int
    was: datetime
    now: datetime
    pair: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFollowed:
    """What the correction of the entry *event* moved along.

    Attributes:
        last_at: Last transition of the attempt; nothing of it may happen before.
    """

    event: int
    unit: int
    item: str
    attempt: int
    last_at: datetime
    moved: tuple[MomentMoved, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReverted:
    """The step that *event* recorded was wrong; its task is open again.

    Attributes:
        relieved: Who did it, if nothing else of the attempt that stands was theirs: they may do
            another of the separate duties. None otherwise.
    """

    event: int
    stage: int
    unit: int
    item: str
    attempt: int
    step: str
    status: int
    accepted_at: datetime | None
    decided_at: datetime | None
    role: str
    reason: Note
    tokens: Tokens
    relieved: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionReverted:
    """The extension that *event* recorded was wrong; the limit is what it was without it.

    Attributes:
        days: What is taken off again.
    """

    event: int
    stage: int
    unit: int
    item: str
    attempt: int
    days: int
    role: str
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseReverted:
    """The lapse that *event* recorded was wrong; the attempt goes on, its supplement is open.

    Attributes:
        status: National status BLZT of the attempt, as it was before the lapse.
        pauses: Numbers of the pauses that the lapse ended; they stand open again.
        last_at: Last transition of the attempt, as it was before.
        tokens: What the lapse took, put back, but for the pair slot: others may hold it now.
        stood: Suspensions since the lapse; they count as the attempt's pauses.
    """

    event: int
    stage: int
    unit: int
    item: str
    attempt: int
    status: int
    pauses: tuple[int, ...]
    last_at: datetime
    role: str
    reason: Note
    tokens: Tokens
    stood: tuple[Stood, ...] = ()
