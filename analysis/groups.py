"""Figures by key: how many, how fast, how often inside the limit, where the time went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis import legal
from analysis._compiled import compiled
from analysis.columns import NONE, Result
from analysis.parts import PARTS, Part, borders, parts, unmeasured
from analysis.worktime import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.columns import Columns, Ints

_WIDE = 1 << 22  # values up to here are sorted by counting them
_COUNTS = (
    "ended",
    "open",
    "limited",
    "inside",
    "overdue",
    "supplements",
    "refilings",
    "refused",
    "unmeasured",
)
_REFUSED = (Result.REFUSED, Result.LAPSED, Result.WITHDRAWN)
_COUNTED, _PARTED = len(_COUNTS), len(PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is measured of each attempt, once for all the tables of a report.

    Attributes:
        edges: What `parts.borders` says.
        minutes: int32, shape (attempts, len(PARTS)).
        used: int32, shape (attempts,): legal days.
        counts: int16, shape (attempts, len(_COUNTS)): 0 or 1, but for the supplements.
        order: int64, shape (ended attempts,): by working time from filing to end, ended only.
        span: int32, shape (attempts,): that time, in minutes.
    """

    edges: Ints
    minutes: Ints
    used: Ints
    counts: NDArray[np.int16]
    order: NDArray[np.int64]
    span: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The attempts of one key. Days are working days of eight hours.

    Attributes:
        ended, open: Attempts that ended; that are open, or were filed and have no end.
        limited: Ended attempts whose clock had a limit and ran; *inside* of them kept to it.
        median_days, p90_days: Of the ended ones, from filing to end; None without any.
        overdue: Attempts beyond their limit, open ones too.
        supplements: Rounds of 补正.
        refilings: Attempts after the first.
        refused: Refused, lapsed or withdrawn; not what others merely call complete.
        unmeasured: Decided, and nobody said when the work began.
        days: Mean days of each part, of all attempts, ended or open.
    """

    key: str
    ended: int
    open: int
    limited: int
    inside: int
    overdue: int
    supplements: int
    refilings: int
    refused: int
    unmeasured: int
    median_days: float | None
    p90_days: float | None
    days: Mapping[Part, float]

    @property
    def attempts(self) -> int:
        """Return how many there are."""
        return self.ended + self.open

    @property
    def share(self) -> float | None:
        """Return the part of the limited ones inside the limit, 0 to 1; None without any."""
        return self.inside / self.limited if self.limited else None

    @property
    def elapsed_days(self) -> float:
        """Return the mean days from wanted to end: the parts' sum."""
        return sum(self.days.values())

    @property
    def lost_days(self) -> float:
        """Return the days in nobody's hand, of all attempts together.

        Where nobody said when work began (`unmeasured`), they are more.
        """
        return self.attempts * self.days[Part.QUEUE]


def measures(columns: Columns) -> Measures:
    """Measure every attempt."""
    edges = borders(columns)
    minutes = parts(columns, edges)
    spent = legal.used(columns)
    over = columns.over
    held = legal.limited(columns)
    counts = np.empty((len(columns), len(_COUNTS)), dtype=np.int16)
    counts[:, 0] = over
    counts[:, 1] = ~over
    counts[:, 2] = held
    counts[:, 3] = held & legal.inside(columns, spent)
    counts[:, 4] = legal.overdue(columns, spent)
    counts[:, 5] = _supplements(columns)
    counts[:, 6] = columns.attempt > 1
    counts[:, 7] = over & np.isin(columns.result, _REFUSED)
    counts[:, 8] = unmeasured(columns)
    span = np.maximum(columns.until - columns.filed, 0).astype(np.int32)
    return Measures(
        edges=edges,
        minutes=minutes,
        used=spent,
        counts=counts,
        order=_ordered(span, over),
        span=span,
    )


def figures(measured: Measures, codes: Ints, keys: Sequence[str]) -> tuple[Figures, ...]:
    """Return the figures of each key that has attempts, in the order of *keys*.

    Args:
        codes: Place among *keys*, one for each attempt; NONE = of no key.
    """
    size = len(keys)
    sums = np.zeros((size, len(_COUNTS) + len(PARTS)), dtype=np.int64)
    _add_up(sums, codes, measured.counts, measured.minutes)
    starts, members = _grouped(codes, measured.order, size)
    return tuple(
        _figures(keys[at], sums[at], members[starts[at] : starts[at + 1]], measured.span)
        for at in range(size)
        if sums[at, 0] + sums[at, 1] > 0
    )


def whole(measured: Measures) -> Figures:
    """Return the figures of all attempts together; their key is empty."""
    found = figures(measured, np.zeros(len(measured.span), dtype=np.int32), ("",))
    nothing = np.zeros(len(_COUNTS) + len(PARTS), dtype=np.int64)
    return found[0] if found else _figures("", nothing, measured.order[:0], measured.span)


def quantile(rows: NDArray[np.int64], span: Ints, share: float) -> float | None:
    """Return a quantile of minutes, in days, between neighbours by the line; None of none.

    Args:
        rows: Places in *span*, in ascending order of what stands there.

    >>> quantile(np.array([1, 0]), np.array([960, 480], dtype=np.int32), 0.5)
    1.5
    """
    if not len(rows):
        return None
    at = share * (len(rows) - 1)
    low = int(at)
    below, above = span[rows[low]], span[rows[min(low + 1, len(rows) - 1)]]
    return float(below + (at - low) * (above - below)) / DAY


def _figures(key: str, sums: NDArray[np.int64], rows: NDArray[np.int64], span: Ints) -> Figures:
    counts = [int(each) for each in sums[: len(_COUNTS)]]
    attempts = max(counts[0] + counts[1], 1)
    return Figures(
        key=key,
        **dict(zip(_COUNTS, counts, strict=True)),
        median_days=quantile(rows, span, 0.5),
        p90_days=quantile(rows, span, 0.9),
        days={part: float(sums[len(_COUNTS) + part]) / attempts / DAY for part in PARTS},
    )


def _supplements(columns: Columns) -> NDArray[np.int64]:
    of = columns.pause_of[(columns.pause_kind == Part.SUPPLEMENT) & (columns.pause_of != NONE)]
    return np.bincount(of, minlength=len(columns))


def _ordered(span: Ints, over: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the ended attempts by their span, the shortest first."""
    rows = np.flatnonzero(over)
    values = span[rows]
    top = int(values.max()) if len(values) else 0
    if top >= _WIDE:
        return rows[np.argsort(values, kind="stable")]
    return rows[_counted_order(values, top)]


@compiled
def _counted_order(values: Ints, top: int) -> NDArray[np.int64]:
    """Return the places of *values* in ascending order, by counting; equal ones keep theirs."""
    starts = np.zeros(top + 2, dtype=np.int64)
    for value in values:
        starts[value + 1] += 1
    for value in range(top + 1):
        starts[value + 1] += starts[value]
    order = np.empty(len(values), dtype=np.int64)
    for place in range(len(values)):
        order[starts[values[place]]] = place
        starts[values[place]] += 1
    return order


@compiled
def _grouped(
    codes: Ints, order: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each key's attempts begin, and the attempts by key, each key's in *order*."""
    starts = np.zeros(size + 1, dtype=np.int64)
    ordered = codes[order]
    for key in ordered:
        if key >= 0:
            starts[key + 1] += 1
    for key in range(size):
        starts[key + 1] += starts[key]
    members = np.empty(starts[size], dtype=np.int64)
    at = starts[:-1].copy()
    for place in range(len(order)):
        key = ordered[place]
        if key >= 0:
            members[at[key]] = order[place]
            at[key] += 1
    return starts, members


@compiled
def _add_up(sums: NDArray[np.int64], codes: Ints, counts: NDArray[np.int16], minutes: Ints) -> None:
    """Add each attempt's counts and minutes to its key's."""
    for row in range(len(codes)):
        key = codes[row]
        if key < 0:
            continue
        for column in range(_COUNTED):  # constants: the compiler unrolls both
            sums[key, column] += counts[row, column]
        for column in range(_PARTED):
            sums[key, _COUNTED + column] += minutes[row, column]
