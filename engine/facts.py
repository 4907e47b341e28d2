"""Keeps the facts of all projects as columns in memory, for reports that answer at once.

Before each report it asks which projects moved on since, and reads those again.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from analysis.ledger import Ledger
from engine.roll_up import RollUp
from engine.store import derived, facts
from workflows.catalogue.values import DayUnit
from workflows.events import How, PauseKind
from workflows.item_runs import HAD, Case, ItemRun, Stretch, stage_fact
from workflows.wiring import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from analysis.columns import Columns
    from engine.clock import Clock
    from engine.in_force import InForce
    from engine.store.facts import MonthFigure, ProjectRows
    from engine.unit_of_work import UnitOfWork
    from workflows.catalogue.values import Catalogue
    from workflows.rows import StageRunRow


class FactBook:
    """The facts of one office; any thread may ask."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock, known: InForce) -> None:
        """Read nothing yet."""
        self._new_uow = new_uow
        self._clock = clock
        self._known = known
        self._lock = Lock()
        self._versions: dict[str, int] = {}
        self._ledger: Ledger | None = None

    def columns(self, told: Callable[[float], None] = lambda _: None) -> Columns:
        """Return the columns of all projects as they stand now; nothing changes them afterwards.

        Args:
            told: Called with the part that is read, 0 to 1.

        Raises:
            OutsideCalendarError: If something happened beyond the calendar.
            EngineError: If the database fails.
        """
        with self._lock:
            self._refresh(told)
            assert self._ledger is not None  # noqa: S101 - made just above
            return self._ledger.columns(self._clock.now(), copied=True)

    def reviewers(self) -> dict[str, int]:
        """Return how many people may take work in hand, by department."""
        with self._new_uow() as uow:
            return facts.reviewers(uow.connection)

    def months(self, dimension: str = "department") -> tuple[MonthFigure, ...]:
        """Return the figures by month that were made last, by month and key."""
        with self._new_uow() as uow:
            return facts.months(uow.connection, dimension)

    def roll_up(self) -> None:
        """Make the figures of every month now, as the job does."""
        maker = RollUp(new_uow=self._new_uow, clock=self._clock, book=self)
        for month in maker.lines({}):
            maker.do({}, month, month)

    def _refresh(self, told: Callable[[float], None]) -> None:
        calendar = self._known.current().calendar
        if self._ledger is None or self._ledger.worktime.calendar.version != calendar.version:
            self._ledger, self._versions = Ledger(calendar), {}
        with self._new_uow() as uow:
            derived.steady(uow.connection)
            versions = facts.versions(uow.connection)
            moved = [code for code, at in versions.items() if self._versions.get(code) != at]
            for done, rows in enumerate(facts.project_rows(uow.connection, moved), start=1):
                self._ledger.put(case_of_rows(rows, self._catalogue(rows.project.catalogue)))
                told(done / len(moved))
        self._versions = versions

    def _catalogue(self, hash_: str) -> Catalogue:
        return self._known.edition(hash_).catalogue


def case_of_rows(rows: ProjectRows, catalogue: Catalogue) -> Case:
    """Return the facts of one project from its stored rows: what `item_runs.case_of` says."""
    project = rows.project
    return Case(
        project=project.project,
        flow=project.flow,
        township=project.township,
        owner=project.owner,
        agent=project.agent,
        filed_at=project.filed_at,
        ended_at=project.ended_at,
        status=project.status,
        stages=tuple(stage_fact(cast("StageRunRow", row), catalogue) for row in rows.stages),
        runs=_runs(rows, catalogue),
    )


def _runs(rows: ProjectRows, catalogue: Catalogue) -> tuple[ItemRun, ...]:
    pauses: dict[tuple[int, str, int], list[Stretch]] = {}
    for row in rows.pauses:
        pauses.setdefault((row.unit, row.item, row.attempt), []).append(
            Stretch(kind=PauseKind(row.kind), since=row.since, until=row.until, counted=row.counted)
        )
    grants: dict[tuple[int, str], list[datetime]] = {}
    for row in rows.runs:
        if row.result in HAD and row.ended_at is not None:
            grants.setdefault((row.unit, row.item), []).append(row.ended_at)
    units = {row.unit: row.stage for row in rows.units}
    pairs = {row.pair: row for row in rows.pairs}
    return tuple(
        _run(
            rows.project,
            row,
            tuple(pauses.get((row.unit, row.item, row.attempt), ())),
            pairs.get(row.pair),
            _last_document(row, grants, units, catalogue),
            catalogue,
        )
        for row in rows.runs
    )


def _run(  # noqa: PLR0913, PLR0917 - a row and what hangs on it
    project: Any,  # noqa: ANN401 - a stored row
    row: Any,  # noqa: ANN401 - a stored row
    pauses: tuple[Stretch, ...],
    pair: Any,  # noqa: ANN401 - a stored row
    last: tuple[datetime, str] | None,
    catalogue: Catalogue,
) -> ItemRun:
    late = last if last is not None and last[0] > row.wanted_at else None
    item = catalogue.items.get(row.item)
    return ItemRun(
        project=row.project,
        unit=row.unit,
        stage=row.stage,
        item=row.item,
        attempt=row.attempt,
        flow=project.flow,
        township=project.township,
        department=row.department,
        agent=project.agent,
        how=row.how,
        wanted_at=row.wanted_at,
        documents_at=None if late is None else late[0],
        waited_for=None if late is None else late[1],
        filed_at=row.filed_at,
        received_at=row.received_at,
        accepted_at=row.accepted_at,
        begun_at=row.begun_at,
        decided_at=row.decided_at,
        ended_at=row.ended_at,
        result=row.result,
        pauses=pauses,
        limit=None if row.committed_days is None else row.committed_days + row.extension,
        limit_unit=DayUnit(row.committed_unit or DayUnit.WORKING_DAY),
        pair=row.pair,
        partner=None if pair is None else ({pair.first, pair.second} - {row.item}).pop(),
        policy=None if pair is None else pair.policy,
        single=row.how == How.SINGLE,
        alone=row.how == How.ALONE,
        milestone=item is not None and item.milestone,
        recorded_late=row.recorded_late,
    )


def _last_document(
    row: Any,  # noqa: ANN401 - a stored row
    grants: Mapping[tuple[int, str], Sequence[datetime]],
    units: Mapping[int, int],
    catalogue: Catalogue,
) -> tuple[datetime, str] | None:
    """Return when the last hard document came before the filing, and from which item."""
    item = catalogue.items.get(row.item)
    if item is None or not grants:
        return None
    held = [
        (issued_at, producer.code)
        for document in item.hard_needs
        for producer in catalogue.producers(document)
        for issued_at in grants.get((_home(units, row.unit, producer.stage), producer.code), ())
        if issued_at <= row.filed_at
    ]
    return max(held, default=None)


def _home(units: Mapping[int, int], unit: int, stage: int) -> int:
    """Return the unit that runs *stage* for *unit*, as workflows.wiring.home does."""
    return unit if units[unit] <= stage <= STAGES else 0
