"""The clocks of a stage and of a project: whose time each day was, every date counted once.

A stage uses a day when some accepted attempt of it runs unpaused on it (DESIGN.md, "Time"): what
stands still beside a running item costs the stage nothing, and two items at once cost one day.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit
from workflows.clock import COUNTS, Lamp, Reading, bounds, lamp
from workflows.events import PauseKind
from workflows.moments import local_date
from workflows.spans import PRIORITY, Span, due, merged, provisional, spans
from workflows.wiring import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.project import Attempt, Pause, Project, StageRun

UNIT = DayUnit.WORKING_DAY


class Part(StrEnum):
    """Whose time a day was; a date belongs to the first of these that fits."""

    APPROVAL = "approval"  # an accepted attempt ran
    SUSPENSION = "suspension"  # what was accepted stood still, and why
    SUPPLEMENT = "supplement"
    PROCEDURE = "procedure"
    JOINT = "joint"
    DELIVERY = "delivery"  # decided, not handed over yet
    INTAKE = "intake"  # filed, not accepted yet
    WAITING = "waiting"  # nothing was filed: the owner's own time


@dataclass(frozen=True, slots=True, kw_only=True)
class StageClock:
    """The clock of one stage run, in working days.

    Attributes:
        start: Day of the first filing; None while nothing has been filed.
        end: Day on which nothing was open any more; None while it goes on.
        span: Calendar days from start to end or to the date asked for.
        elapsed: Working days in that time; the *parts* add up to it.
        reading: The stage's limit, due at the earliest on its day; None = no limit, or no start.
        counts: What the figures count, but for *span*.
    """

    stage: int
    unit: int
    start: date | None
    end: date | None
    span: int
    elapsed: int
    used: int
    parts: Mapping[Part, int]
    reading: Reading | None
    lamp: Lamp
    counts: DayUnit = UNIT
    source: str = COUNTS[UNIT]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectClock:
    """The clock of a project, in working days: stages 1 to 4 of every unit, each date once.

    Attributes:
        start: Day on which the project was filed.
        parallel: Days on which an item of stage 5 ran, counted apart (并行推进).
    """

    start: date
    end: date | None
    span: int
    elapsed: int
    used: int
    parallel: int
    parts: Mapping[Part, int]
    reading: Reading
    lamp: Lamp
    stages: tuple[StageClock, ...]
    counts: DayUnit = UNIT
    source: str = COUNTS[UNIT]


def project_clock(
    project: Project, catalogue: Catalogue, calendar: Calendar, on: date
) -> ProjectClock:
    """Return the project's clock, and those of its stage runs, as they stand on *on*.

    Raises:
        OutsideCalendarError: If something happened before the calendar begins.
    """
    flow = catalogue.flows[project.flow]
    runs = [project.runs[key] for key in sorted(project.runs)]
    line = [a for run in runs if run.stage <= STAGES for a in attempts_of(project, run)]
    aside = [a for run in runs if run.stage > STAGES for a in attempts_of(project, run)]
    start = local_date(project.filed_at)
    end = None if project.ended_at is None else local_date(project.ended_at)
    until = max([start, on if end is None else end, *_ends(line, on if end is None else end)])
    parts = parts_of(line, start, until, on, calendar)
    limit = _reading(
        (flow.limit_days, flow.limit_source), _approval(line, on), (start, until), calendar
    )
    return ProjectClock(
        start=start,
        end=end,
        span=(until - start).days,
        elapsed=worked_between(start, until, calendar),
        used=parts.get(Part.APPROVAL, 0),
        parallel=worked(_approval(aside, on), calendar),
        parts=parts,
        reading=limit,
        lamp=lamp(limit, running=end is None),
        stages=tuple(stage_clock(project, run, catalogue, calendar, on) for run in runs),
    )


def stage_clock(
    project: Project, run: StageRun, catalogue: Catalogue, calendar: Calendar, on: date
) -> StageClock:
    """Return one stage run's clock as it stands on *on*.

    Raises:
        OutsideCalendarError: If something happened before the calendar begins.
    """
    attempts = attempts_of(project, run)
    if not attempts:
        return _not_begun(run)
    flow = catalogue.flows[project.flow]
    start = min(local_date(attempt.filed_at) for attempt in attempts)
    closed = run.ended_at
    end = None if closed is None else max([local_date(closed), *_ends(attempts, on)])
    until = max(start, on) if end is None else end
    parts = parts_of(attempts, start, until, on, calendar)
    days = flow.stage_limit(run.stage)
    limit = None
    if days is not None:
        source = flow.stage_limits_source
        limit = _reading((days, source), _approval(attempts, on), (start, until), calendar)
    return StageClock(
        stage=run.stage,
        unit=run.unit,
        start=start,
        end=end,
        span=(until - start).days,
        elapsed=worked_between(start, until, calendar),
        used=parts.get(Part.APPROVAL, 0),
        parts=parts,
        reading=limit,
        lamp=lamp(limit, running=end is None),
    )


def attempts_of(project: Project, run: StageRun) -> tuple[Attempt, ...]:
    """Return every attempt of every item of a stage run."""
    return tuple(
        attempt
        for _, state in sorted(project.items.items())
        if (state.stage, state.unit) == (run.stage, run.unit)
        for attempt in state.attempts
    )


def parts_of(
    attempts: Iterable[Attempt], start: date, until: date, on: date, calendar: Calendar
) -> dict[Part, int]:
    """Return the working days in (start, until] by whose time they were; they add up to all."""
    taken: tuple[Span, ...] = ()
    days: dict[Part, int] = {}
    before = 0
    for part, layer in _layers([claims(attempt, on) for attempt in attempts], (start, until)):
        taken = merged([*taken, *layer])
        covered = worked(taken, calendar)
        if covered > before:
            days[part] = covered - before
        before = covered
    return days


def running(attempt: Attempt, on: date) -> tuple[Span, ...]:
    """Return the dates on which an attempt was accepted, undecided and unpaused."""
    if attempt.accepted_at is None:
        return ()
    start, until = bounds(attempt, on)
    return minus(((start, until),), spans(attempt.pauses, start, until))


def minus(ours: Sequence[Span], theirs: Sequence[Span]) -> tuple[Span, ...]:
    """Return the dates of *ours* that are not in *theirs*; both merged.

    >>> from datetime import date as d
    >>> minus([(d(2026, 1, 1), d(2026, 1, 9))], [(d(2026, 1, 3), d(2026, 1, 5))])[1]
    (datetime.date(2026, 1, 5), datetime.date(2026, 1, 9))
    """
    left: list[Span] = []
    for start, until in ours:
        at = start
        for begin, end in theirs:
            if end > at and begin < until:
                left.append((at, begin))
                at = end
        left.append((at, until))
    return merged(left)


def claims(attempt: Attempt, on: date) -> dict[Part, tuple[Span, ...]]:
    """Return the dates that each part of an attempt's time may claim, the strongest first.

    A date may be claimed by several: it belongs to the first of them.
    """
    life = _life(attempt, on)
    stops = {
        Part(kind.value): spans(_stops(attempt, kind), *_stopped(attempt, life, kind))
        for kind in PRIORITY
    }
    delivery = merged([_delivery(attempt, life[1])])
    return {
        Part.APPROVAL: running(attempt, on),
        **stops,
        Part.DELIVERY: delivery,
        Part.INTAKE: merged([life]),
    }


def _layers(
    claimed: Sequence[Mapping[Part, tuple[Span, ...]]], whole: Span
) -> list[tuple[Part, tuple[Span, ...]]]:
    """Return the dates that each part may claim for any attempt, the strongest claim first."""
    return [
        (part, merged([whole]) if part is Part.WAITING else _all(claimed, part)) for part in Part
    ]


def _all(claimed: Sequence[Mapping[Part, tuple[Span, ...]]], part: Part) -> tuple[Span, ...]:
    return merged(span for each in claimed for span in each[part])


def _life(attempt: Attempt, on: date) -> Span:
    filed = local_date(attempt.filed_at)
    ended = max(filed, on) if attempt.ended_at is None else local_date(attempt.ended_at)
    return filed, ended


def _stops(attempt: Attempt, kind: PauseKind) -> list[Pause]:
    return [pause for pause in attempt.pauses if pause.kind is kind]


def _stopped(attempt: Attempt, life: Span, kind: PauseKind) -> Span:
    """Return between which dates a kind may stop an attempt: decided, by a suspension alone."""
    if kind is PauseKind.SUSPENSION or attempt.decided_at is None:
        return life
    return life[0], min(life[1], local_date(attempt.decided_at))


def _delivery(attempt: Attempt, ended: date) -> Span:
    decided = attempt.decided_at
    return (ended, ended) if decided is None else (local_date(decided), ended)


def _approval(attempts: Iterable[Attempt], on: date) -> tuple[Span, ...]:
    return merged(span for attempt in attempts for span in running(attempt, on))


def _ends(attempts: Iterable[Attempt], on: date) -> list[date]:
    return [_life(attempt, on)[1] for attempt in attempts]


def worked(spans: Iterable[Span], calendar: Calendar) -> int:
    """Return the working days in *spans*, as far as the calendar reaches; *spans* merged."""
    return sum(worked_between(begin, end, calendar) for begin, end in spans)


def worked_between(begin: date, end: date, calendar: Calendar) -> int:
    """Return the working days in (begin, end], as far as the calendar reaches."""
    return calendar.count(calendar.reach(begin), calendar.reach(end), UNIT)


def _reading(
    limit: tuple[int, str], approval: Sequence[Span], span: Span, calendar: Calendar
) -> Reading:
    """Hold a limit against the days used; due on the day that uses the last of them up."""
    days, source = limit
    used = worked(approval, calendar)
    gaps = minus((span,), approval)
    try:
        day = due(span[0], days, gaps, calendar, UNIT)
    except OutsideCalendarError:
        day = None
    beyond = day is None or calendar.reach(span[1]) < span[1]
    return Reading(
        limit=days,
        unit=UNIT,
        source=source,
        used=used,
        left=days - used,
        due=day,
        overdue=used > days,
        provisional=beyond or provisional(span[0], day or span[1], calendar, UNIT),
        beyond=beyond,
    )


def _not_begun(run: StageRun) -> StageClock:
    return StageClock(
        stage=run.stage,
        unit=run.unit,
        start=None,
        end=None if run.ended_at is None else local_date(run.ended_at),
        span=0,
        elapsed=0,
        used=0,
        parts={},
        reading=None,
        lamp=Lamp.NONE,
    )
