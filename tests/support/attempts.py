"""Attempts made by hand, for tests of clocks that need no office."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from tests.support.memory_office import NOTE
from workflows.events import How, Limit, PauseKind
from workflows.moments import SHANGHAI
from workflows.project import Attempt, Extended, ItemState, Pause, Project, StageRun

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = {kind.value: kind for kind in PauseKind}


def noon(day: date) -> datetime:
    """Return noon in Shanghai."""
    return datetime.combine(day, time(12), SHANGHAI).astimezone(UTC)


def limit(days: int, unit: str = "working_day", source: str = "A") -> Limit:
    """Return a limit."""
    return Limit(days=days, unit=unit, source=source)


def stop(
    since: date, until: date | None, kind: str = "supplement", *, counted: bool = False
) -> Pause:
    """Return a pause."""
    return Pause(
        number=1,
        kind=KINDS[kind],
        since=noon(since),
        until=None if until is None else noon(until),
        counted=counted,
    )


def attempt(  # noqa: PLR0913 - what a clock may look at
    accepted: date | None,
    *,
    filed: date | None = None,
    decided: date | None = None,
    ended: date | None = None,
    pauses: Iterable[Pause] = (),
    committed: Limit | None = None,
    statutory: Limit | None = None,
    extension: int = 0,
    article: str = "XKF42",
    status: int = 8,
    number: int = 1,
) -> Attempt:
    """Return an attempt; without a limit of its own it has ten working days."""
    begun = filed or accepted or date(2026, 3, 2)
    return Attempt(
        number=number,
        how=How.STAGE,
        department="d",
        filed_at=noon(begun),
        last_at=noon(begun),
        status=status,
        accepted_at=None if accepted is None else noon(accepted),
        decided_at=None if decided is None else noon(decided),
        ended_at=None if ended is None else noon(ended),
        committed=committed or limit(10),
        statutory=statutory,
        pauses=tuple(pauses),
        extension=extension,
        extended=Extended(at=noon(begun), source=article, reason=NOTE) if extension else None,
    )


def blank_project(filed: date, runs: dict[str, StageRun], items: dict[str, ItemState]) -> Project:
    """Return a project of flow 3 that has these stage runs and items and nothing else."""
    return Project(
        code="p",
        flow=3,
        facts={},
        township="t1",
        owner="o",
        name=NOTE,
        catalogue="c",
        lifecycle="l",
        lifecycle_tokens=frozenset(),
        applicable=(),
        number=1,
        filed_at=noon(filed),
        last_at=noon(filed),
        runs=runs,
        items=items,
    )
