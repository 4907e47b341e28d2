"""The facts that reports read: one value for each attempt of an item, whoever made the history.

Live facts come from a project, simulated ones from the kernel, imported ones from a foreign log;
`analysis` reads nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING

from workflows.catalogue.values import DayUnit, Join
from workflows.derivation import wanted_at
from workflows.events import How, PauseKind
from workflows.moments import local_date
from workflows.project import item_key, run_key
from workflows.spans import stretches
from workflows.spans import used as days_used
from workflows.wiring import home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.project import Attempt, ItemState, Project, StageRun
    from workflows.rows import StageRunRow

HAD = frozenset({"granted", "revoked"})  # results of attempts whose documents came into being
LISTED = frozenset({How.STAGE, How.HELD, How.SERIAL, How.PULLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Time in which an attempt stood still; *until* is None while it does.

    Attributes:
        counted: The legal clock ran on all the same.
    """

    kind: PauseKind
    since: datetime
    until: datetime | None = None
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRun:
    """One attempt of an item. A time is None when it never came, or was not recorded.

    Attributes:
        stage: 0 where the history knows no stages.
        wanted_at: When it could have been filed but for documents, a slot or a partner.
        documents_at: When the last document that it waited for came; None = it waited for none.
        waited_for: Item whose attempt brought that document.
        begun_at: When somebody beyond the window first took it in hand; None = nobody said so.
        limit: Days of the committed limit, extension included; None = no clock.
        partner: The other member of its pair.   policy: Who found the pair.
        single: A pairable item that held a slot by itself.   alone: One without a slot (单办).
        milestone: Its grant is among those that make the stage's milestone.
        recorded_late: Longest delay between a step and its recording, in seconds.
    """

    project: str
    item: str
    department: str
    wanted_at: datetime
    filed_at: datetime
    unit: int = 0
    stage: int = 0
    attempt: int = 1
    flow: int = 0
    township: str = ""
    agent: str | None = None
    how: str = How.FREE.value
    documents_at: datetime | None = None
    waited_for: str | None = None
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    begun_at: datetime | None = None
    decided_at: datetime | None = None
    ended_at: datetime | None = None
    result: str | None = None
    pauses: tuple[Stretch, ...] = ()
    limit: int | None = None
    limit_unit: DayUnit = DayUnit.WORKING_DAY
    pair: str | None = None
    partner: str | None = None
    policy: str | None = None
    single: bool = False
    alone: bool = False
    milestone: bool = False
    recorded_late: float = 0.0

    def used(self, calendar: Calendar, on: date) -> int | None:
        """Return the days of the limit's unit that its legal clock has run; None before acceptance.

        Raises:
            OutsideCalendarError: If a date lies beyond the calendar.
        """
        if self.accepted_at is None:
            return None
        start = local_date(self.accepted_at)
        ends = [local_date(at) for at in (self.decided_at, self.ended_at) if at is not None]
        until = max(start, min(ends, default=on))
        stops = ((pause.since, pause.until) for pause in self.pauses if not pause.counted)
        stopped = stretches(stops, start, until)
        return days_used(start, until, stopped, calendar, self.limit_unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFact:
    """One stage of one unit; *join* None = it has no milestone."""

    stage: int
    unit: int
    opened_at: datetime
    filed_at: datetime | None = None
    milestone_at: datetime | None = None
    ended_at: datetime | None = None
    join: Join | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that reports read of one project.

    Attributes:
        agent: Who has it now.
        ended_at: None while it runs.
        stages: By stage and unit; empty where the history knows none.
        runs: By unit and item, attempts in order.
    """

    project: str
    flow: int
    township: str
    owner: str
    agent: str | None
    filed_at: datetime
    ended_at: datetime | None
    status: str
    stages: tuple[StageFact, ...]
    runs: tuple[ItemRun, ...]


def case_of(project: Project, catalogue: Catalogue) -> Case:
    """Return the facts of *project*, read beside the catalogue that it runs under."""
    return Case(
        project=project.code,
        flow=project.flow,
        township=project.township,
        owner=project.owner,
        agent=project.agent,
        filed_at=project.filed_at,
        ended_at=project.ended_at,
        status=project.status.value,
        stages=tuple(stage_fact(project.runs[key], catalogue) for key in sorted(project.runs)),
        runs=tuple(
            run
            for key in sorted(project.items)
            for run in item_runs(project, project.items[key], catalogue)
        ),
    )


def stage_fact(run: StageRun | StageRunRow, catalogue: Catalogue) -> StageFact:
    """Return the facts of one stage run, as it stands or as its row has it."""
    return StageFact(
        stage=run.stage,
        unit=run.unit,
        opened_at=run.opened_at,
        filed_at=run.filed_at,
        milestone_at=run.milestone_at,
        ended_at=run.ended_at,
        join=catalogue.stages[run.stage].join,
    )


def item_runs(project: Project, state: ItemState, catalogue: Catalogue) -> Iterator[ItemRun]:
    """Yield the facts of each attempt of one item, in order."""
    run = project.runs.get(run_key(state.stage, state.unit))
    before: Attempt | None = None
    for attempt in state.attempts:
        yield _item_run(project, state, attempt, wanted_at(attempt, before, run), catalogue)
        before = attempt


def _item_run(
    project: Project, state: ItemState, attempt: Attempt, wanted: datetime, catalogue: Catalogue
) -> ItemRun:
    last = _last_document(project, state, catalogue, attempt.filed_at)
    late = last if last is not None and last[0] > wanted else None
    pair = None if attempt.pair is None else project.pairs[attempt.pair]
    limit = attempt.committed
    return ItemRun(
        project=project.code,
        unit=state.unit,
        stage=state.stage,
        item=state.item,
        attempt=attempt.number,
        flow=project.flow,
        township=project.township,
        department=attempt.department,
        agent=project.agent,
        how=attempt.how.value,
        wanted_at=wanted,
        documents_at=None if late is None else late[0],
        waited_for=None if late is None else late[1],
        filed_at=attempt.filed_at,
        received_at=attempt.received_at,
        accepted_at=attempt.accepted_at,
        begun_at=attempt.begun_at,
        decided_at=attempt.decided_at,
        ended_at=attempt.ended_at,
        result=attempt.result,
        pauses=tuple(
            Stretch(kind=p.kind, since=p.since, until=p.stood_until, counted=p.counted)
            for p in attempt.pauses
        ),
        limit=None if limit is None else limit.days + attempt.extension,
        limit_unit=DayUnit.WORKING_DAY if limit is None else DayUnit(limit.unit),
        pair=attempt.pair,
        partner=None if pair is None else (set(pair.key) - {state.item}).pop(),
        policy=None if pair is None else pair.policy.value,
        single=attempt.how is How.SINGLE,
        alone=attempt.how is How.ALONE,
        milestone=_counts(catalogue, state.item),
        recorded_late=attempt.recorded_late,
    )


def _counts(catalogue: Catalogue, code: str) -> bool:
    item = catalogue.items.get(code)
    return item is not None and item.milestone


def _last_document(
    project: Project, state: ItemState, catalogue: Catalogue, filed_at: datetime
) -> tuple[datetime, str] | None:
    """Return when the last hard document came before the filing, and from which item.

    Asked of the attempts, not of the documents: one that is issued anew takes the place of the
    one that was waited for, and what happened would change.
    """
    item = catalogue.items.get(state.item)
    if item is None:
        return None
    held = [
        (attempt.ended_at, producer.code)
        for document in item.hard_needs
        for producer in catalogue.producers(document)
        for attempt in _attempts(project, home(project, state.unit, producer.stage), producer.code)
        if attempt.ended_at is not None and attempt.ended_at <= filed_at and attempt.result in HAD
    ]
    return max(held, default=None)


def _attempts(project: Project, unit: int, code: str) -> tuple[Attempt, ...]:
    state = project.items.get(item_key(unit, code))
    return () if state is None else state.attempts
