"""What became of a foreign log: what was used, what was not and why, what was read into it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Places: TypeAlias = Sequence[object] | NDArray[np.generic]

EXAMPLES = 5  # places that are named of each kind


class Unused(StrEnum):
    """Why an event was not used."""

    NO_CASE = "no_case"
    NO_ACTIVITY = "no_activity"
    NO_TIME = "no_time"
    UNREADABLE_TIME = "unreadable_time"
    ZONELESS = "zoneless"
    DAY_ONLY = "day_only"
    UNREADABLE_START = "unreadable_start"
    ENDS_BEFORE_START = "ends_before_start"
    UNKNOWN_PHASE = "unknown_phase"
    TOO_LONG = "too_long"
    DUPLICATE = "duplicate"
    OUTSIDE_TRACE = "outside_trace"
    OUTSIDE_CALENDAR = "outside_calendar"
    LOOSE_PHASE = "loose_phase"  # a resumption of what was never suspended, and the like
    UNKNOWN_STATUS = "unknown_status"
    STATUS_ORDER = "status_order"  # it cannot follow the one before
    UNKNOWN_ITEM = "unknown_item"


class Noted(StrEnum):
    """What is used all the same, and a reader has to know."""

    OUT_OF_ORDER = "out_of_order"
    SAME_INSTANT = "same_instant"
    ZONE_ASSUMED = "zone_assumed"
    ZONES_MIXED = "zones_mixed"
    MIDNIGHT = "midnight"
    WHOLE_DAY = "whole_day"
    DUPLICATE_KEPT = "duplicate_kept"
    START_MISSING = "start_missing"
    UNFINISHED = "unfinished"
    PAIRED_BY_ORDER = "paired_by_order"
    PAUSE_OPEN = "pause_open"
    CASE_UNFINISHED = "case_unfinished"
    CASE_END_ASSUMED = "case_end_assumed"
    NESTED = "nested"
    SAME_DAY = "same_day"  # ends on the day of its start, at no time that is told
    LINE_AGAIN = "line_again"  # a table tells of one thing twice: the first counts
    LIMIT_UNIT = "limit_unit"  # a limit in no days: not used
    PROJECT_DATE = "project_date"  # a date of a project that cannot be: not used


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often, and the numbers of the first few in the file (or codes of cases)."""

    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The whole account of an import.

    Attributes:
        told: Events in the file.   used: Those among them that became part of the log.
        unused, noted: By reason, those that occurred.
        offsets: Moments (starts, too) by the offset from UTC that they say, "+08:00".
    """

    told: int
    used: int
    cases: int
    activities: int
    unused: Mapping[Unused, Count]
    noted: Mapping[Noted, Count]
    offsets: Mapping[str, int]


@dataclass(slots=True)
class Tally:
    """Counts as an import goes on.

    Attributes:
        dropped: Numbers of events that were used at first and are not any more.
    """

    told: int = 0
    used: int = 0
    dropped: list[int] = field(default_factory=list)
    _unused: Counter[Unused] = field(default_factory=Counter)
    _noted: Counter[Noted] = field(default_factory=Counter)
    _examples: dict[Unused | Noted, list[str]] = field(default_factory=dict)
    offsets: Counter[int] = field(default_factory=Counter)

    def leave(self, reason: Unused, places: Places) -> None:
        """Count events that are not used."""
        if len(places):
            self._unused[reason] += len(places)
            self._name(reason, places)

    def drop(self, reason: Unused, numbers: Sequence[int]) -> None:
        """Count events as not used that were counted as used."""
        self.leave(reason, numbers)
        self.used -= len(numbers)
        self.dropped += numbers

    def note(self, what: Noted, places: Places, count: int | None = None) -> None:
        """Count what is used all the same; *places* may be fewer than *count*."""
        found = len(places) if count is None else count
        if found:
            self._noted[what] += found
            self._name(what, places)

    def account(self, *, cases: int, activities: int) -> Account:
        """Return what was counted."""
        return Account(
            told=self.told,
            used=self.used,
            cases=cases,
            activities=activities,
            unused={each: self._count(each, self._unused[each]) for each in sorted(self._unused)},
            noted={each: self._count(each, self._noted[each]) for each in sorted(self._noted)},
            offsets={said(minutes): n for minutes, n in sorted(self.offsets.items())},
        )

    def _count(self, kind: Unused | Noted, count: int) -> Count:
        return Count(count=count, examples=tuple(self._examples[kind]))

    def _name(self, kind: Unused | Noted, places: Places) -> None:
        named = self._examples.setdefault(kind, [])
        named += [str(place) for place in places[: EXAMPLES - len(named)]]


def said(minutes: int) -> str:
    """Return an offset from UTC as it is written.

    >>> said(480), said(-210)
    ('+08:00', '-03:30')
    """
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"
