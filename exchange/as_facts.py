"""Makes facts of a foreign log: one attempt for each time that an activity was done in a case.

A foreign log knows no stages, couplings or limits; those stay empty. What it does not say is not
made up: the mapping decides, and the account tells how often it had to.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, assert_never

from exchange.account import Noted, Unused
from exchange.columns import NONE, Phase
from exchange.errors import BadMappingError
from exchange.mapping import Begins, Holder
from exchange.stamps import NEVER, moment
from workflows.events import PauseKind
from workflows.item_runs import Case, ItemRun, Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from exchange.account import Tally
    from exchange.columns import Columns
    from exchange.mapping import Meaning

DONE, ABANDONED = "complete", "withdrawn"


@dataclass(slots=True)
class _Doing:
    """One doing of an activity on its way; instants in microseconds."""

    activity: int
    holder: int
    since: int
    number: int
    before: int
    wanted: int | None = None
    begun: int | None = None
    until: int | None = None
    result: str | None = None
    pauses: list[tuple[int, int | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The dates that a calendar holds; a case that leaves them cannot be counted in its days."""

    first: date
    last: date


def cases(columns: Columns, meaning: Meaning, horizon: Horizon, tally: Tally) -> Iterator[Case]:
    """Yield the facts of each case; what cannot be used of them is told to *tally*.

    Raises:
        BadMappingError: If an activity that is said to end cases is not in the log.
    """
    begins = columns.begins.tolist()
    places = {name: code for code, name in enumerate(columns.activities)}
    for name in meaning.case_ends:
        if name not in places:
            raise BadMappingError(field="facts.case_ends", why=name)
    ends = frozenset(places[name] for name in meaning.case_ends)
    holder = "resource" if meaning.department is Holder.RESOURCE else "group"
    for first, last in pairwise(begins):
        rows = _rows(columns, holder, first, last)
        inside = horizon.first < moment(min(r.since for r in rows)).date()
        if not (inside and moment(rows[-1].at).date() < horizon.last):
            tally.drop(Unused.OUTSIDE_CALENDAR, [row.number for row in rows])
            continue
        told = _Told(columns, columns.cases[columns.case[first]], meaning, tally)
        yield told.case(rows, ends)


class _Row(NamedTuple):
    """One event."""

    activity: int
    holder: int
    instance: int
    at: int
    start: int
    phase: int
    number: int

    @property
    def since(self) -> int:
        return self.at if self.start == NEVER else self.start

    @property
    def key(self) -> tuple[int, int]:
        return self.activity, self.instance


def _rows(columns: Columns, holder: str, first: int, last: int) -> list[_Row]:
    names = ("activity", holder, "instance", "at", "start", "phase", "number")
    listed = [getattr(columns, name)[first:last].tolist() for name in names]
    return list(map(_Row, *listed))


class _Told:
    """What one case tells, event after event."""

    def __init__(self, columns: Columns, name: str, meaning: Meaning, tally: Tally) -> None:
        self._columns, self._name, self._meaning, self._tally = columns, name, meaning, tally
        self._open: defaultdict[tuple[int, int], deque[_Doing]] = defaultdict(deque)
        self._doings: list[_Doing] = []

    def case(self, rows: Sequence[_Row], ends: frozenset[int]) -> Case:
        """Return the facts of the case."""
        before = rows[0].since
        for row in rows:
            self._hear(row, before)
            before = row.at
        for doing in self._doings:
            self._close_pauses(doing)
        finished = not ends or any(row.activity in ends for row in rows)
        if not finished:
            self._tally.note(Noted.CASE_UNFINISHED, [self._name])
        elif not ends:
            self._tally.note(Noted.CASE_END_ASSUMED, [self._name])
        return Case(
            project=self._name,
            flow=0,
            township="",
            owner="",
            agent=None,
            filed_at=moment(min(row.since for row in rows)),
            ended_at=moment(rows[-1].at) if finished else None,
            status="completed" if finished else "running",
            stages=(),
            runs=tuple(self._runs()),
        )

    def _hear(self, row: _Row, before: int) -> None:
        match Phase(row.phase):
            case Phase.COMPLETE:
                self._end(row, before, DONE)
            case Phase.ABANDONED:
                self._end(row, before, ABANDONED)
            case Phase.START:
                self._begin(row, before)
            case Phase.WANTED:
                if not any(each.begun is None for each in self._open[row.key]):
                    self._new(row, row.at, before).wanted = row.at
            case Phase.SUSPEND:
                self._suspend(row)
            case Phase.RESUME:
                self._resume(row)
            case unreachable:
                assert_never(unreachable)

    def _new(self, row: _Row, since: int, before: int, *, kept: bool = True) -> _Doing:
        made = _Doing(
            activity=row.activity, holder=row.holder, since=since, number=row.number, before=before
        )
        self._doings.append(made)
        if kept:
            self._open[row.key].append(made)
        return made

    def _begin(self, row: _Row, before: int) -> None:
        waiting = next((each for each in self._open[row.key] if each.begun is None), None)
        doing = self._new(row, row.at, before) if waiting is None else waiting
        doing.begun, doing.holder = row.at, row.holder

    def _end(self, row: _Row, before: int, result: str) -> None:
        going = self._open[row.key]
        if row.start != NEVER:
            doing = self._new(row, row.start, before, kept=False)
            doing.begun = row.start
        elif going:
            if len(going) > 1:
                self._tally.note(Noted.PAIRED_BY_ORDER, [row.number])
            doing = going.popleft()
            if doing.begun is None:
                self._tally.note(Noted.START_MISSING, [row.number])
        else:
            self._tally.note(Noted.START_MISSING, [row.number])
            previous = self._meaning.begins is Begins.PREVIOUS
            doing = self._new(row, before if previous else row.at, before, kept=False)
        doing.until, doing.result = row.at, result

    def _suspend(self, row: _Row) -> None:
        doing = next(iter(self._open[row.key]), None)
        if doing is None or (doing.pauses and doing.pauses[-1][1] is None):
            self._leave(row)
        else:
            doing.pauses.append((row.at, None))

    def _resume(self, row: _Row) -> None:
        doing = next(iter(self._open[row.key]), None)
        if doing is None or not doing.pauses or doing.pauses[-1][1] is not None:
            self._leave(row)
        else:
            doing.pauses[-1] = (doing.pauses[-1][0], row.at)

    def _leave(self, row: _Row) -> None:
        self._tally.drop(Unused.LOOSE_PHASE, [row.number])

    def _close_pauses(self, doing: _Doing) -> None:
        if doing.until is None:
            self._tally.note(Noted.UNFINISHED, [doing.number])
        elif doing.pauses and doing.pauses[-1][1] is None:
            self._tally.note(Noted.PAUSE_OPEN, [doing.number])
            doing.pauses[-1] = (doing.pauses[-1][0], doing.until)

    def _runs(self) -> Iterator[ItemRun]:
        attempts: Counter[int] = Counter()
        for doing in self._doings:
            attempts[doing.activity] += 1
            yield self._run(doing, attempts[doing.activity])

    def _run(self, doing: _Doing, attempt: int) -> ItemRun:
        wanted = doing.since if doing.wanted is None else doing.wanted
        if self._meaning.begins is Begins.PREVIOUS:
            wanted = min(wanted, doing.before)
        begun = None if doing.begun is None else moment(doing.begun)
        return ItemRun(
            project=self._name,
            item=self._columns.activities[doing.activity],
            attempt=attempt,
            department=self._holder(doing),
            wanted_at=moment(wanted),
            filed_at=moment(doing.since),
            accepted_at=moment(doing.since),
            begun_at=begun,
            ended_at=None if doing.until is None else moment(doing.until),
            result=doing.result,
            pauses=tuple(
                Stretch(
                    kind=PauseKind.SUSPENSION,
                    since=moment(since),
                    until=None if until is None else moment(until),
                )
                for since, until in doing.pauses
            ),
        )

    def _holder(self, doing: _Doing) -> str:
        if self._meaning.department is Holder.ACTIVITY:
            return self._columns.activities[doing.activity]
        by_group = self._meaning.department is Holder.GROUP
        words = self._columns.groups if by_group else self._columns.resources
        return "" if doing.holder == NONE else words[doing.holder]
