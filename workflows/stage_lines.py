"""The arithmetic of a stage's clock and of a project's: whose time each stretch of dates was.

The lines follow each other without a gap; their working days add up to the clock's, and those that
count to the days used (workflows/stage_clock.py).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from workflows.clock_lines import HOUSE, NOT_COUNTED, SUPPLEMENTS, WORKING_DAYS
from workflows.stage_clock import Part, StageClock, claims, worked_between
from workflows.wiring import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workflows.calendar import Calendar
    from workflows.project import Attempt, Project
    from workflows.spans import Span
    from workflows.stage_clock import ProjectClock

DAY = timedelta(days=1)
SOURCES: Mapping[Part, str] = {
    Part.APPROVAL: WORKING_DAYS,
    Part.SUSPENSION: HOUSE,
    Part.SUPPLEMENT: SUPPLEMENTS,
    Part.PROCEDURE: NOT_COUNTED,
    Part.JOINT: NOT_COUNTED,
    Part.DELIVERY: HOUSE,
    Part.INTAKE: HOUSE,
    Part.WAITING: HOUSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Dates in a row whose time was the same part's, for the same items.

    Attributes:
        since, until: First and last date.
        days: Working days among them, as far as the calendar reaches.
        counted: Those that the clock counts.
        total: Days counted up to and with the last of them.
        items: Whose time it was, by code; none while nothing was filed.
        late: They lie beyond the limit.
    """

    since: date
    until: date
    part: Part
    days: int
    counted: int
    total: int
    items: tuple[str, ...]
    source: str
    late: bool


def stretches(
    project: Project, clock: StageClock | ProjectClock, calendar: Calendar, on: date
) -> tuple[Stretch, ...]:
    """Return the dates of a clock by whose time they were, in order and without a gap.

    Args:
        clock: One of *project* as it stands on *on*; none of its lines where it has not begun.
    """
    if clock.start is None:
        return ()
    whole = clock.start, clock.start + DAY * clock.span
    limit = None if clock.reading is None else clock.reading.limit
    holders = _holders(_attempts(project, clock), on)
    lines: list[Stretch] = []
    total = 0
    for part, items, days in _runs(holders, whole):
        for since, until, late in _cut(days, part, total, limit, calendar):
            worked = worked_between(since - DAY, until, calendar)
            counted = worked if part is Part.APPROVAL else 0
            total += counted
            lines.append(
                Stretch(
                    since=since,
                    until=until,
                    part=part,
                    days=worked,
                    counted=counted,
                    total=total,
                    items=items,
                    source=SOURCES[part],
                    late=late,
                )
            )
    return tuple(lines)


def _attempts(project: Project, clock: StageClock | ProjectClock) -> Iterator[tuple[str, Attempt]]:
    """Yield the attempts that a clock looks at, each with its item."""
    for state in project.items.values():
        if isinstance(clock, StageClock):
            looked_at = (state.stage, state.unit) == (clock.stage, clock.unit)
        else:
            looked_at = state.stage <= STAGES
        if looked_at:
            yield from ((state.item, attempt) for attempt in state.attempts)


def _holders(
    attempts: Iterable[tuple[str, Attempt]], on: date
) -> Mapping[date, Mapping[Part, set[str]]]:
    """Return, for every date that some attempt claims, the claimants by part."""
    found: dict[date, dict[Part, set[str]]] = defaultdict(lambda: defaultdict(set))
    for item, attempt in attempts:
        for day, part in _claimed(attempt, on):
            found[day][part].add(item)
    return found


def _claimed(attempt: Attempt, on: date) -> Iterator[tuple[date, Part]]:
    for part, spans in claims(attempt, on).items():
        for begin, end in spans:
            yield from ((begin + DAY * n, part) for n in range(1, (end - begin).days + 1))


def _runs(
    holders: Mapping[date, Mapping[Part, set[str]]], whole: Span
) -> Iterator[tuple[Part, tuple[str, ...], tuple[date, ...]]]:
    """Return part, items and dates of every stretch; a date belongs to the strongest claim."""

    def of(day: date) -> tuple[Part, tuple[str, ...]]:
        claimants = holders.get(day, {})
        part = next((each for each in Part if each in claimants), Part.WAITING)
        return part, tuple(sorted(claimants.get(part, ())))

    start, until = whole
    dates = (start + DAY * n for n in range(1, (until - start).days + 1))
    for (part, items), days in groupby(dates, of):
        yield part, items, tuple(days)


def _cut(
    days: tuple[date, ...], part: Part, before: int, limit: int | None, calendar: Calendar
) -> Iterator[tuple[date, date, bool]]:
    """Cut a stretch where the limit is used up: first date, last date, beyond the limit."""
    first, last = days[0], days[-1]
    counted = worked_between(first - DAY, last, calendar)
    if part is not Part.APPROVAL or limit is None or before + counted <= limit:
        yield first, last, False
        return
    room = limit - before
    inside = [d for d in days if worked_between(first - DAY, d, calendar) <= room]
    if inside:
        yield first, inside[-1], False
    if inside[-1:] != [last]:
        yield (inside[-1] + DAY if inside else first), last, True
