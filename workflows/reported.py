"""Time as the national report computes it (DOMAIN.md section 4): for exports, beside our clock.

It differs from ours on purpose, and each difference is a test: an item's time ends at 办结, not at
the decision; a refused one has none; a suspension is unknown to it; a stage loses every paused
date, even those on which another item ran; limits of a stage hold their items too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.catalogue.values import DayUnit
from workflows.clock import unit_of
from workflows.events import PauseKind
from workflows.moments import local_date
from workflows.project import run_key
from workflows.spans import Span, merged, spans, used
from workflows.stage_clock import attempts_of, minus, worked, worked_between
from workflows.status import Status
from workflows.wiring import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.project import Attempt, Pause, Project, StageRun

UNIT = DayUnit.WORKING_DAY
SOURCE = "BLZT"  # docs/sources.md: the production systems of the reporting standard
# Ends without a time of their own: they are never overdue (Epoint statistics job, rule 1).
TIMELESS = frozenset({2, 4, 5, 13, 14, 15})
RETURNED = frozenset({Status.NOT_TAKEN, Status.NOT_ACCEPTED})  # 退件
OTHERWISE = frozenset({Status.TAKEN_BACK, Status.WITHDRAWN, Status.REVOKED})  # 其他


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReported:
    """One attempt.

    Attributes:
        start, end: 受理 and 办结; None before it, or when the attempt has no time.
        span: 跨度用时, calendar days.
        used: In *unit*, less what stood still; None without a time.
    """

    start: date | None
    end: date | None
    unit: DayUnit
    span: int
    used: int | None
    limit: int | None
    overdue: bool
    source: str = SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReported:
    """One stage run, in working days.

    Attributes:
        start: Earliest 接件.
        approval: 审批用时: union of the items' time less the union of the pauses.
        special: Union of the pauses.
        stage_days: 阶段用时: from the end of the stage before (stage 4: its own start).
        owner: 建设单位用时: stage_days less special and approval, never below 0.
        returned, otherwise: Some item ended as 退件, or as 撤件, 撤回 or 撤销.
    """

    stage: int
    unit: int
    start: date | None
    end: date | None
    approval: int
    special: int
    stage_days: int
    owner: int
    limit: int | None
    overdue: bool
    returned: bool
    otherwise: bool
    counts: DayUnit = UNIT


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReported:
    """A project, in working days.

    Attributes:
        approval: 审批用时: the longest unit of each stage, added up.
        parallel: 并行: the items of stage 5, added up.
        total: 并联审批总用时: both.
        span: Calendar days from the first 接件 to the last end.
    """

    approval: int
    parallel: int
    total: int
    span: int
    overdue: bool
    stages: tuple[StageReported, ...]
    counts: DayUnit = UNIT
    source: str = SOURCE


def reported(
    project: Project, catalogue: Catalogue, calendar: Calendar, on: date
) -> ProjectReported:
    """Return the project's figures as they would be reported on *on*.

    Raises:
        OutsideCalendarError: If something happened before the calendar begins.
    """
    runs = [project.runs[key] for key in sorted(project.runs)]
    stages = tuple(reported_stage(project, run, catalogue, calendar, on) for run in runs)
    longest: dict[int, int] = {}
    for stage in stages:
        if stage.stage <= STAGES:
            longest[stage.stage] = max(longest.get(stage.stage, 0), stage.approval)
    aside = [
        reported_item(attempt, calendar, on).used or 0
        for run in runs
        if run.stage > STAGES
        for attempt in attempts_of(project, run)
    ]
    lives = [_life(attempt, on) for run in runs for attempt in attempts_of(project, run)]
    first = min((begin for begin, _ in lives), default=on)
    last = max((end for _, end in lives), default=on)
    approval, parallel = sum(longest.values()), sum(aside)
    return ProjectReported(
        approval=approval,
        parallel=parallel,
        total=approval + parallel,
        span=(last - first).days,
        overdue=any(
            reported_item(attempt, calendar, on).overdue
            for run in runs
            for attempt in attempts_of(project, run)
        ),
        stages=stages,
    )


def reported_item(attempt: Attempt, calendar: Calendar, on: date) -> ItemReported:
    """Return one attempt's figures as they would be reported on *on*.

    Raises:
        OutsideCalendarError: If something happened before the calendar begins.
    """
    unit = unit_of(attempt)
    limit = None if attempt.committed is None else attempt.committed.days + attempt.extension
    if attempt.accepted_at is None or attempt.status in TIMELESS:
        return ItemReported(
            start=None, end=None, unit=unit, span=0, used=None, limit=limit, overdue=False
        )
    start = local_date(attempt.accepted_at)
    until = max(start, _life(attempt, on)[1])
    seen = calendar.reach(until, unit)
    spent = used(start, seen, spans(_national(attempt), start, seen), calendar, unit)
    return ItemReported(
        start=start,
        end=None if attempt.ended_at is None else until,
        unit=unit,
        span=(until - start).days,
        used=spent,
        limit=limit,
        overdue=limit is not None and spent > limit,
    )


def reported_stage(
    project: Project, run: StageRun, catalogue: Catalogue, calendar: Calendar, on: date
) -> StageReported:
    """Return one stage run's figures as they would be reported on *on*.

    Raises:
        OutsideCalendarError: If something happened before the calendar begins.
    """
    attempts = attempts_of(project, run)
    lives = merged(_life(attempt, on) for attempt in attempts)
    pauses = merged(
        span for attempt in attempts for span in spans(_national(attempt), *_life(attempt, on))
    )
    approval, special = worked(minus(lives, pauses), calendar), worked(pauses, calendar)
    start = min((local_date(attempt.filed_at) for attempt in attempts), default=None)
    until = _until(run, attempts, on)
    stage_days = 0
    if start is not None:
        stage_days = worked_between(_begins(project, run, start), until, calendar)
    limit = catalogue.flows[project.flow].stage_limit(run.stage)
    late = any(reported_item(attempt, calendar, on).overdue for attempt in attempts)
    ends = {attempt.status for attempt in attempts}
    return StageReported(
        stage=run.stage,
        unit=run.unit,
        start=start,
        end=None if run.ended_at is None else until,
        approval=approval,
        special=special,
        stage_days=stage_days,
        # Stages overlap here, and approval may begin before the stage before has ended.
        owner=max(0, stage_days - special - approval),
        limit=limit,
        overdue=late or (limit is not None and approval > limit),
        returned=not ends.isdisjoint(RETURNED),
        otherwise=not ends.isdisjoint(OTHERWISE),
    )


def _begins(project: Project, run: StageRun, start: date) -> date:
    """Return where 阶段用时 begins: the end of the stage before; stages 1, 4 and 5 their own."""
    before = project.runs.get(run_key(run.stage - 1, run.unit))
    if run.stage not in {2, 3} or before is None or before.milestone_at is None:
        return start
    return local_date(before.milestone_at)


def _national(attempt: Attempt) -> list[Pause]:
    """Return the pauses that the report knows, 6-7 and 9-10, begun at or after 受理.

    One that begins after the decision stops nothing and takes no overdue day off; only an old log
    may hold one, for none is taken here.
    """
    accepted, decided = attempt.accepted_at, attempt.decided_at
    return [
        pause
        for pause in attempt.pauses
        if pause.kind is not PauseKind.SUSPENSION
        and accepted is not None
        and pause.since >= accepted
        and (decided is None or pause.since <= decided)
    ]


def _life(attempt: Attempt, on: date) -> Span:
    filed = local_date(attempt.filed_at)
    return filed, max(filed, on) if attempt.ended_at is None else local_date(attempt.ended_at)


def _until(run: StageRun, attempts: Iterable[Attempt], on: date) -> date:
    if run.ended_at is None:
        return on
    return max([local_date(run.ended_at), *(_life(attempt, on)[1] for attempt in attempts)])
