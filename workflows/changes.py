"""What a step changed among the rows of a project, found by looking only at what it touched."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from workflows.deadlines import deadlines
from workflows.derivation import (
    SLOT,
    attempt_rows,
    document_rows,
    pair_rows,
    project_rows,
    rows,
    run_rows,
    slot_rows,
    stage_run_rows,
    task_rows,
    timer_rows,
    unit_rows,
    waiting_rows,
    wanted_rows,
)
from workflows.rows import Difference, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from workflows.project import Project, StageRun
    from workflows.rows import Key, Row, Rows

# All that a project's row, and a stage run's, is made of beside their keys.
_PROJECT = attrgetter(
    "agent", "township", "owner", "name", "flow", "status", "catalogue", "filed_at", "ended_at"
)
_RUN = attrgetter(
    "net", "slots", "mode", "round", "opened_at", "filed_at", "milestone_at", "ended_at"
)
# What the waiting of a run's items counts from.
_BEGUN = attrgetter("opened_at", "filed_at")
# What moves every told day of a project.
_STANDS = attrgetter("status", "suspended", "suspensions")
_K = TypeVar("_K")
_V = TypeVar("_V")


def difference(before: Rows, after: Rows) -> Difference:
    """Return the inserts, updates and deletes that make *before* into *after*."""
    return _difference(before.by_key, after.by_key)


def changes(before: Project | None, after: Project) -> Difference:
    """Return the difference of the two projects' rows, looking only at what changed.

    Rows made of the very same values are skipped unseen; `evolve` keeps what it does not touch.
    """
    if before is None:
        return _difference({}, rows(after).by_key)
    beside = _Beside(before, after)
    beside.compare()
    old, new = ({key_of(row): row for row in side} for _, side in beside.sides)
    return _difference(old, new)


def _difference(
    before: Mapping[tuple[str, Key], Row], after: Mapping[tuple[str, Key], Row]
) -> Difference:
    return Difference(
        inserts=tuple([after[key] for key in sorted(after.keys() - before.keys())]),
        updates=tuple(
            [after[k] for k in sorted(after.keys() & before.keys()) if after[k] != before[k]]
        ),
        deletes=tuple([before[key] for key in sorted(before.keys() - after.keys())]),
    )


class _Beside:
    """Two states of a project, each with the rows of what is not the very same in the other."""

    def __init__(self, before: Project, after: Project) -> None:
        self.sides: tuple[tuple[Project, list[Row]], ...] = ((before, []), (after, []))

    def compare(self) -> None:
        (before, _), (after, _) = self.sides
        if _of_project(before) != _of_project(after):
            for project, found in self.sides:
                found.extend(project_rows(project))
        self._put(unit_rows, _unlike(before.units, after.units))
        items = _unlike(before.items, after.items)
        self._put(attempt_rows, items)
        # A project that stopped or went on moves every told day.
        moved = _STANDS(before) != _STANDS(after)
        self._put(deadlines, _both(before.items, after.items) if moved else items)
        self._put(pair_rows, _unlike(before.pairs, after.pairs))
        self._put(document_rows, _unlike(before.documents, after.documents))
        if before.agent != after.agent:  # every task changes hands
            self._put(run_rows, _both(before.runs, after.runs))
        for was, now in _unlike(before.runs, after.runs):
            self._compare_runs(was, now)

    def _put(
        self,
        make: Callable[[Project, _V], Iterable[Row]],
        found: Iterable[tuple[_V | None, _V | None]],
    ) -> None:
        """Add to each side the rows of its values."""
        (before, old), (after, new) = self.sides
        for was, now in found:
            if was is not None:
                old.extend(make(before, was))
            if now is not None:
                new.extend(make(after, now))

    def _compare_runs(self, was: StageRun | None, now: StageRun | None) -> None:
        if was is None or now is None:
            self._put(run_rows, [(was, now)])
            return
        if _RUN(was) != _RUN(now):
            self._put(stage_run_rows, [(was, now)])
        took, put = was.tokens - now.tokens, now.tokens - was.tokens
        for (project, found), run, paths in zip(self.sides, (was, now), (took, put), strict=True):
            found.extend(wanted_rows(project, run, paths))
        if any(path.endswith(SLOT) for path in (*took, *put)):
            self._put(slot_rows, [(was, now)])
        self._put(partial(task_rows, run=now), _unlike(was.tasks, now.tasks))
        self._put(partial(timer_rows, run=now), _unlike(was.timers, now.timers))
        # A correction may move the opening as well, and the waiting counts from it.
        if _BEGUN(was) != _BEGUN(now):
            for (project, found), run in zip(self.sides, (was, now), strict=True):
                found.extend(waiting_rows(project, run))


def _unlike(was: Mapping[_K, _V], now: Mapping[_K, _V]) -> list[tuple[_V | None, _V | None]]:
    """Return the values before and after that are not the very same object; None = not there."""
    if was is now:
        return []
    found: list[tuple[_V | None, _V | None]] = [
        (was.get(key), value) for key, value in now.items() if was.get(key) is not value
    ]
    kept = len(now) - sum(old is None for old, _ in found)
    if len(was) == kept:
        return found
    return [*found, *((value, None) for key, value in was.items() if key not in now)]


def _both(was: Mapping[_K, _V], now: Mapping[_K, _V]) -> list[tuple[_V | None, _V | None]]:
    """Return every value before and after."""
    return [(was.get(key), now.get(key)) for key in {**was, **now}]


def _of_project(project: Project) -> tuple[object, ...]:
    """Return all of *project* that its own row is made of, and may change."""
    return (*_PROJECT(project), *project.runs)
