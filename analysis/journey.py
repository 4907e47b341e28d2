"""The account of one journey, from its log alone: stages, milestones, pairs, slots held at most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows import events as e

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

STAGES = (1, 2, 3, 4)  # those with a joint application and a milestone
_SLOT = ":slot"

Run = tuple[int, int]  # stage, unit


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAccount:
    """One started pair."""

    pair: str
    first: str
    second: str
    policy: e.Policy
    days_saved: int
    baseline: str
    drawn_from: int  # legal ready pairs in the draw; 0 = not drawn
    ticket: str | None  # winning digest of the draw
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StageAccount:
    """One stage run of the whole project (unit 0); a time is None when it never came."""

    stage: int
    mandated: tuple[str, ...]
    pulled_in: tuple[e.PulledIn, ...]
    held: tuple[str, ...]
    pairs: tuple[PairAccount, ...]
    singles: tuple[str, ...]
    alone: tuple[str, ...]
    items_done: int
    opened_at: datetime | None
    filed_at: datetime | None
    milestone_at: datetime | None
    ended_at: datetime | None

    @property
    def days_saved(self) -> int:
        """Return what its pairs save against one by one, in working days."""
        return sum(pair.days_saved for pair in self.pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a project's log adds up to.

    Attributes:
        stages: By number, those of unit 0 that were opened.
        milestones: (stage, when) in the order of the log.
        items_done: Items granted, over all units.
        pairs: Pairs started.
        max_slot_holders: Most slots held at once in any one stage run.
        completed: It says so itself, and the four milestones stand in order.
    """

    stages: tuple[StageAccount, ...]
    milestones: tuple[tuple[int, datetime], ...]
    items_done: int
    pairs: int
    max_slot_holders: int
    events: int
    completed: bool


def account(events: Sequence[e.Event]) -> Account:
    """Return the account of one project's events, in order."""
    milestones = tuple(
        (event.body.stage, event.happened_at)
        for event in events
        if isinstance(event.body, e.MilestoneReached) and event.body.unit == 0
    )
    says_so = any(isinstance(event.body, e.ProjectCompleted) for event in events)
    return Account(
        stages=tuple(_stage(events, stage) for stage in _opened(events)),
        milestones=milestones,
        items_done=sum(_granted(event.body) for event in events),
        pairs=sum(isinstance(event.body, e.PairStarted) for event in events),
        max_slot_holders=max(slot_holders(events).values(), default=0),
        events=len(events),
        completed=says_so and tuple(stage for stage, _ in milestones) == STAGES,
    )


def slot_holders(events: Iterable[e.Event]) -> dict[Run, int]:
    """Return the most slots held at once in each stage run, by replaying the tokens."""
    held: dict[Run, set[str]] = {}
    most: Counter[Run] = Counter()
    for event in events:
        for run, tokens in _moves(event.body):
            slots = held.setdefault(run, set())
            slots.difference_update(tokens.took)
            slots.update(path for path in tokens.put if path.endswith(_SLOT))
            most[run] = max(most[run], len(slots))
    return dict(most)


def _moves(body: e.Body) -> Iterator[tuple[Run, e.Tokens]]:
    """Yield the move of a stage run's tokens that an event holds, if it does.

    Asked of every kind by its fields, so that a kind that comes later is not forgotten.
    """
    stage, unit, tokens = (getattr(body, name, None) for name in ("stage", "unit", "tokens"))
    if stage is not None and unit is not None and isinstance(tokens, e.Tokens):
        yield (stage, unit), tokens


def _opened(events: Sequence[e.Event]) -> tuple[int, ...]:
    opened = [event.body for event in events if isinstance(event.body, e.StageOpened)]
    return tuple(sorted({body.stage for body in opened if body.unit == 0}))


def _stage(events: Sequence[e.Event], stage: int) -> StageAccount:
    own = [event for event in events if _of(event.body, stage)]
    bodies = [event.body for event in own]
    filed = next((body for body in bodies if isinstance(body, e.StageFiled)), None)
    filings = [body.filing for body in bodies if isinstance(body, e.ItemFiled)]
    return StageAccount(
        stage=stage,
        mandated=() if filed is None else filed.mandated,
        pulled_in=() if filed is None else filed.pulled_in,
        held=() if filed is None else tuple(held.item for held in filed.held),
        pairs=tuple(_pairs(own)),
        singles=tuple(filing.item for filing in filings if filing.how is e.How.SINGLE),
        alone=tuple(filing.item for filing in filings if filing.how is e.How.ALONE),
        items_done=sum(map(_granted, bodies)),
        opened_at=_when(own, e.StageOpened),
        filed_at=_when(own, e.StageFiled),
        milestone_at=_when(own, e.MilestoneReached),
        ended_at=_when(own, e.StageEnded),
    )


def _of(body: e.Body, stage: int) -> bool:
    return getattr(body, "stage", None) == stage and getattr(body, "unit", None) == 0


def _granted(body: e.Body) -> bool:
    return isinstance(body, e.ItemEnded) and body.result == "granted"


def _when(events: Sequence[e.Event], kind: type[e.Body]) -> datetime | None:
    found = (event.happened_at for event in events if isinstance(event.body, kind))
    return next(found, None)


def _pairs(events: Sequence[e.Event]) -> Iterator[PairAccount]:
    proposed = {b.pair: b for b in (ev.body for ev in events) if isinstance(b, e.PairProposed)}
    for event in events:
        if isinstance(event.body, e.PairStarted):
            found = proposed[event.body.pair]
            yield PairAccount(
                pair=found.pair,
                first=found.first,
                second=found.second,
                policy=found.policy,
                days_saved=found.days_saved,
                baseline=found.baseline,
                drawn_from=0 if found.draw is None else len(found.draw.candidates),
                ticket=None if found.draw is None else found.draw.candidates[0][2],
                started_at=event.happened_at,
            )
