"""Takes a foreign log in, batch after batch, as columns; keeps account of every event.

Memory is bounded by what is taken: some 150 bytes an event at the most, and each word once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from exchange import stamps
from exchange.account import Noted, Tally, Unused
from exchange.columns import NONE, PHASES, Columns, Phase
from exchange.errors import NothingUsableError, TooManyError
from exchange.stamps import NEVER, Reading, Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from exchange.account import Account
    from exchange.columns import Batch
    from exchange.stamps import Stamps

    Truths = NDArray[np.bool_]

MOST_EVENTS = 10_000_000
MOST_ACTIVITIES = 20_000
LONGEST_WORD = 500  # characters
_COLUMNS = ("case", "activity", "resource", "group", "instance", "at", "start", "phase", "number")
_FAULTS = {
    Reading.MISSING: Unused.NO_TIME,
    Reading.UNREADABLE: Unused.UNREADABLE_TIME,
    Reading.ZONELESS: Unused.ZONELESS,
    Reading.DAY_ONLY: Unused.DAY_ONLY,
}
_UNKNOWN = -1
A_DAY = stamps.SECONDS_A_DAY * stamps.MICROSECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How what a file leaves open is decided: by whoever imports it, never by the program.

    Attributes:
        duplicates: Keep events that are told twice; else the first one counts.
        phases: What other words for the phases of an activity mean.
    """

    times: Rules = field(default_factory=Rules)
    duplicates: bool = False
    phases: tuple[tuple[str, Phase], ...] = ()


class _Phases(dict[str, int]):
    """What each word for a phase means, however it is written; found out once for each."""

    def __init__(self, more: Iterable[tuple[str, Phase]]) -> None:
        super().__init__()
        self._known = {**PHASES, **{word.lower(): phase for word, phase in more}}

    def __missing__(self, word: str) -> int:
        found = int(self._known.get(word.lower(), _UNKNOWN))
        if found != _UNKNOWN:  # of those there may be as many as there are events
            self[word] = found
        return found


class _Words:
    """Words by the order in which they came; "" has none."""

    def __init__(self) -> None:
        self._codes: defaultdict[str, int] = defaultdict(count().__next__)

    def codes(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Return the codes of some words: int32, shape (words,)."""
        found = np.fromiter(map(self._codes.__getitem__, words), np.int32, len(words))
        nothing = self._codes.get("")
        return found if nothing is None else np.where(found == nothing, NONE, found)

    def __len__(self) -> int:
        return len(self._codes)

    def all(self) -> tuple[str, ...]:
        """Return the words by code."""
        return tuple(self._codes)


class Intake:
    """One import on its way."""

    def __init__(self, ways: Ways, *, most: int = MOST_EVENTS) -> None:
        """Begin with nothing.

        Args:
            most: Events that are taken at the most.
        """
        self.tally = Tally()
        self._ways, self._most = ways, most
        self._phases = _Phases(ways.phases)
        self._cases, self._activities = _Words(), _Words()
        self._resources, self._groups, self._instances = _Words(), _Words(), _Words()
        self._parts: dict[str, list[NDArray[np.generic]]] = {name: [] for name in _COLUMNS}

    def take(self, batch: Batch) -> None:
        """Take some events in.

        Raises:
            TooManyError: If the log has more events or activities than are taken.
        """
        size = len(batch)
        self.tally.told += size
        if self.tally.told > self._most:
            raise TooManyError(counted="event", limit=self._most)
        numbers = np.arange(batch.first, batch.first + size, dtype=np.int64)
        at = stamps.read(batch.at, self._ways.times)
        start = self._starts(batch, size)
        phase = self._phase(batch, size)
        good = self._timed(at, numbers, self._told(batch, numbers))
        if start is not None:
            at = self._same_day(at, start, numbers, good)
        good = self._sound(at, start, phase, numbers, good)
        self._offsets(at, good)
        if start is not None:
            self._offsets(start, good)
        self._keep(batch, at, start, phase, numbers, good)

    def columns(self) -> Columns:
        """Return everything that was taken, by case and in order of time; once, at the end.

        Raises:
            NothingUsableError: If nothing was.
        """
        if not any(len(part) for part in self._parts["case"]):
            told = self.tally.account(cases=0, activities=0)
            reasons = [{"code": f"exchange.unused.{each.value}"} for each in told.unused]
            raise NothingUsableError(told=told.told, reasons=reasons)
        whole = {name: np.concatenate(self._parts.pop(name)) for name in _COLUMNS}
        self._note_disorder(whole)
        order = np.lexsort((whole["number"], whole["at"], whole["case"]))
        columns = Columns(
            **{name: column[order] for name, column in whole.items()},
            cases=self._cases.all(),
            activities=self._activities.all(),
            resources=self._resources.all(),
            groups=self._groups.all(),
        )
        kept = self._without_duplicates(columns)
        self.tally.used = len(kept)
        self._note_ties(kept)
        return kept

    def account(self, columns: Columns) -> Account:
        """Return what became of the events."""
        if len(self.tally.offsets) > 1:
            total = sum(self.tally.offsets.values())
            self.tally.note(Noted.ZONES_MIXED, [], total)
        return self.tally.account(
            cases=len(np.unique(columns.case)), activities=len(np.unique(columns.activity))
        )

    def _starts(self, batch: Batch, size: int) -> Stamps | None:
        return stamps.read(batch.start, self._ways.times) if len(batch.start) == size else None

    def _phase(self, batch: Batch, size: int) -> NDArray[np.int8]:
        if not batch.phase:
            return np.full(size, Phase.COMPLETE, dtype=np.int8)
        return np.fromiter(map(self._phases.__getitem__, batch.phase), np.int8, size)

    def _told(self, batch: Batch, numbers: NDArray[np.int64]) -> Truths:
        """Return which events name a case and an activity, in words of a usable length."""
        good = self._present(batch.case, numbers, Unused.NO_CASE)
        good &= self._present(batch.activity, numbers, Unused.NO_ACTIVITY, good)
        for words in (batch.case, batch.activity, batch.resource, batch.group, batch.instance):
            if words and max(map(len, words)) > LONGEST_WORD:
                short = np.fromiter((len(word) <= LONGEST_WORD for word in words), np.bool_)
                self.tally.leave(Unused.TOO_LONG, numbers[good & ~short])
                good &= short
        return good

    def _present(
        self,
        words: Sequence[str],
        numbers: NDArray[np.int64],
        reason: Unused,
        among: Truths | None = None,
    ) -> Truths:
        if all(words):
            return np.ones(len(words), dtype=np.bool_)
        there: Truths = np.fromiter(map(bool, words), np.bool_, len(words))
        missing = ~there if among is None else among & ~there
        self.tally.leave(reason, numbers[missing])
        return there

    def _timed(self, at: Stamps, numbers: NDArray[np.int64], good: Truths) -> Truths:
        for reading, reason in _FAULTS.items():
            self.tally.leave(reason, numbers[good & (at.reading == reading)])
        timed: Truths = good & (at.at != NEVER)
        return timed

    def _same_day(
        self, at: Stamps, start: Stamps, numbers: NDArray[np.int64], good: Truths
    ) -> Stamps:
        """Return the ends; one that is a bare day comes no earlier than a start within it."""
        if not self._ways.times.whole_days:
            return at
        begun = (start.at > at.at) & (start.at < at.at + A_DAY) & (start.at != NEVER)
        within: Truths = good & at.midnight & begun
        self.tally.note(Noted.SAME_DAY, numbers[within])
        return replace(at, at=np.where(within, start.at, at.at))

    def _sound(
        self,
        at: Stamps,
        start: Stamps | None,
        phase: NDArray[np.int8],
        numbers: NDArray[np.int64],
        good: Truths,
    ) -> Truths:
        """Return which of the *good* events have a known phase and a start that can be."""
        known: Truths = phase != _UNKNOWN
        self.tally.leave(Unused.UNKNOWN_PHASE, numbers[good & ~known])
        left: Truths = good & known
        if start is None:
            return left
        lost = left & (start.at == NEVER) & (start.reading != Reading.MISSING)
        self.tally.leave(Unused.UNREADABLE_START, numbers[lost])
        turned = left & (start.at != NEVER) & (start.at > at.at)
        self.tally.leave(Unused.ENDS_BEFORE_START, numbers[turned])
        sound: Truths = left & ~(lost | turned)
        return sound

    def _offsets(self, at: Stamps, good: Truths) -> None:
        read = good & (at.reading == Reading.READ)
        for minutes, times in zip(*np.unique(at.offset[read], return_counts=True), strict=True):
            self.tally.offsets[int(minutes)] += int(times)
        assumed = int(np.count_nonzero(good & (at.reading == Reading.ASSUMED)))
        self.tally.note(Noted.ZONE_ASSUMED, [], assumed)
        days = Noted.WHOLE_DAY if self._ways.times.whole_days else Noted.MIDNIGHT
        self.tally.note(days, [], int(np.count_nonzero(good & at.midnight)))

    def _keep(  # noqa: PLR0913, PLR0917 - the columns of one batch
        self,
        batch: Batch,
        at: Stamps,
        start: Stamps | None,
        phase: NDArray[np.int8],
        numbers: NDArray[np.int64],
        good: Truths,
    ) -> None:
        every = bool(good.all())
        size = int(np.count_nonzero(good))

        def chosen(words: Sequence[str]) -> Sequence[str]:
            return words if every else [w for w, kept in zip(words, good, strict=True) if kept]

        def coded(known: _Words, words: Sequence[str]) -> NDArray[np.int32]:
            return known.codes(chosen(words)) if words else np.full(size, NONE, dtype=np.int32)

        parts: dict[str, NDArray[np.generic]] = {
            "case": coded(self._cases, batch.case),
            "activity": coded(self._activities, batch.activity),
            "resource": coded(self._resources, batch.resource),
            "group": coded(self._groups, batch.group),
            "instance": coded(self._instances, batch.instance),
            "at": at.at[good],
            "start": np.full(size, NEVER) if start is None else start.at[good],
            "phase": phase[good],
            "number": numbers[good],
        }
        for name, part in parts.items():
            self._parts[name].append(part)
        if len(self._activities) > MOST_ACTIVITIES:
            raise TooManyError(counted="activity", limit=MOST_ACTIVITIES)

    def _note_disorder(self, whole: dict[str, NDArray[np.generic]]) -> None:
        """Note events that stand behind a later one of their case."""
        order = np.lexsort((whole["number"], whole["case"]))
        case, at = whole["case"][order], whole["at"][order]
        back = np.zeros(len(case), dtype=np.bool_)
        back[1:] = (case[1:] == case[:-1]) & (at[1:] < at[:-1])  # type: ignore[operator]
        self.tally.note(Noted.OUT_OF_ORDER, whole["number"][order][back])

    def _without_duplicates(self, columns: Columns) -> Columns:
        """Return the events without those that repeat another one in everything."""
        keys = ("activity", "phase", "start", "resource", "group", "instance")
        same = _same_instant(columns)
        tied = np.zeros(len(columns), dtype=np.bool_)
        tied[1:] = same
        tied[:-1] |= same
        rows = np.flatnonzero(tied)
        compared = ("case", "at", *keys)
        # Stable: the first one of several in the file stays the first.
        order = rows[np.lexsort([getattr(columns, key)[rows] for key in reversed(compared)])]
        again = np.ones(max(len(rows) - 1, 0), dtype=np.bool_)
        for key in compared:
            column = getattr(columns, key)[order]
            again &= column[1:] == column[:-1]
        twice = np.zeros(len(columns), dtype=np.bool_)
        twice[order[1:]] = again
        numbers = columns.number[twice]
        if self._ways.duplicates:
            self.tally.note(Noted.DUPLICATE_KEPT, numbers)
            return columns
        self.tally.leave(Unused.DUPLICATE, numbers)
        return chosen(columns, ~twice) if len(numbers) else columns

    def _note_ties(self, columns: Columns) -> None:
        """Note events of one case at one instant: their order is that of the file."""
        self.tally.note(Noted.SAME_INSTANT, columns.number[1:][_same_instant(columns)])


def _same_instant(columns: Columns) -> Truths:
    """Tell which events but the first stand beside one of their case at their instant."""
    same: Truths = (columns.case[1:] == columns.case[:-1]) & (columns.at[1:] == columns.at[:-1])
    return same


def chosen(columns: Columns, which: Truths) -> Columns:
    """Return the events for which *which* holds; the words stay."""
    return Columns(
        **{name: getattr(columns, name)[which] for name in _COLUMNS},
        cases=columns.cases,
        activities=columns.activities,
        resources=columns.resources,
        groups=columns.groups,
    )


def take_in(batches: Iterable[Batch], ways: Ways) -> tuple[Columns, Intake]:
    """Return the columns of *batches*, and the intake that keeps the account.

    Raises:
        TooManyError: If the log has more events or activities than are taken.
        NothingUsableError: If no event could be used.
    """
    intake = Intake(ways)
    for batch in batches:
        intake.take(batch)
    return intake.columns(), intake
