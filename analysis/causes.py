"""What took the days, cause by cause, with intervals; a ranking says where it is not resolved.

A cause is something that somebody could change: a department's queue, the work on one item, the
owners' answers, the way of one item's document from its decision to those who wait for it. Waiting
for documents is no cause of its own: it is what the producing item was doing meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from analysis._compiled import compiled
from analysis._intervals import FEWEST, blocks_of, bounds, ratio, sums
from analysis.columns import NONE
from analysis.parts import Part, parts
from analysis.worktime import DAY, NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.columns import Columns, Ints, Names
    from analysis.gating import Path

    Floats = NDArray[np.float64]

_QUEUE, _WORK, _DELIVERY = int(Part.QUEUE), int(Part.WORK), int(Part.DELIVERY)
_UNTOLD = int(Part.UNTOLD)


class Kind(StrEnum):
    """What sort of cause; its key is the code of a department or an item, or empty."""

    QUEUE = "queue"  # of a department
    WORK = "work"  # on an item
    HANDLING = "handling"  # of an item at its department, queue or work: nobody said
    DOCUMENT = "document"  # of an item, from the decision to the handing over
    OWNER = "owner"  # answers to supplements
    PROCEDURE = "procedure"
    JOINT = "joint"
    SUSPENSION = "suspension"
    INTAKE = "intake"  # at the windows
    FILING = "filing"  # what could be filed and was not


_SINGLE = (
    (Kind.OWNER, Part.SUPPLEMENT),
    (Kind.PROCEDURE, Part.PROCEDURE),
    (Kind.JOINT, Part.JOINT),
    (Kind.SUSPENSION, Part.SUSPENSION),
    (Kind.INTAKE, Part.INTAKE),
    (Kind.FILING, Part.FILING),
)
_PAUSES = {Kind.OWNER: 1, Kind.PROCEDURE: 2, Kind.JOINT: 3, Kind.SUSPENSION: 0}


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """One cause.

    >>> str(Cause(Kind.QUEUE, "D07"))
    'queue:D07'
    """

    kind: Kind
    key: str = ""

    def __str__(self) -> str:
        """Return it in one word."""
        return f"{self.kind}:{self.key}" if self.key else str(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A cause with its days, and between which bounds they lie (95 %).

    Attributes:
        days: Working days a project: spent on it or, in a comparison, more than before.
    """

    cause: Cause
    days: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Causes, the most days first.

    Attributes:
        resolved: How many places at the top are sure: the interval of each of them lies wholly
            above those of all that come after it, and above nothing at all.
    """

    causes: tuple[Ranked, ...]
    resolved: int

    @property
    def first(self) -> Cause | None:
        """Return the cause that is first for sure; None = unresolved."""
        return self.causes[0].cause if self.resolved else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """Minutes and occasions of each cause, by block of projects.

    Attributes:
        minutes, occasions: float64, shape (blocks, causes). An occasion is an attempt that could
            have met the cause; for a pause, the pause itself.
        projects: float64, shape (blocks,): how many projects.
    """

    causes: tuple[Cause, ...]
    minutes: Floats
    occasions: Floats
    projects: Floats


def charges(columns: Columns, minutes: Ints | None = None) -> Charges:
    """Charge every minute of an attempt, but for waiting for documents, to its cause.

    Args:
        minutes: What `parts` says of *columns*, where that is known already.
    """
    known = parts(columns) if minutes is None else minutes
    charged = _charges(columns, np.arange(len(columns), dtype=np.int32), columns.project, known)
    live = columns.pause_of != NONE
    first = len(charged.causes) - len(_SINGLE)
    size = len(charged.projects)
    for place, (kind, _) in enumerate(_SINGLE):
        if kind in _PAUSES:
            of = columns.pause_of[live & (columns.pause_kind == _PAUSES[kind])]
            found = np.bincount(
                blocks_of(columns.project[of], len(columns.cases))[0], minlength=size
            )
            charged.occasions[:, first + place] = found
    return charged


def path_charges(columns: Columns, way: Path, shares: Ints) -> Charges:
    """Charge every minute of the projects' realised paths to its cause.

    Args:
        shares: What `path_parts` says of *way*.
    """
    return _charges(columns, way.row, way.project, shares)


def _charges(columns: Columns, rows: Ints, project: Ints, minutes: Ints) -> Charges:
    """Charge stretches of time; *rows* are the attempts that they were spent on, or NONE."""
    causes = _causes(columns.names)
    block, size = blocks_of(project, len(columns.cases))
    spent = np.zeros((size, len(causes)))
    occasions = np.zeros((size, len(causes)))
    _charged(
        spent,
        occasions,
        rows,
        block,
        columns.department,
        columns.item,
        minutes,
        columns.accepted,
        columns.decided,
        np.array([part for _, part in _SINGLE]),
        len(columns.names.departments),
        len(columns.names.items),
    )
    present = np.zeros(max(len(columns.cases), 1))
    present[project] = 1
    own, _ = blocks_of(np.arange(len(present)), len(columns.cases))
    projects = sums(own, present, size)
    return Charges(causes=causes, minutes=spent, occasions=occasions, projects=projects)


def ranking(charged: Charges) -> Ranking:
    """Rank the causes by the days of a project that they took."""
    projects = np.broadcast_to(charged.projects[:, None], charged.minutes.shape)
    days, influences = ratio(charged.minutes / DAY, projects)
    enough = charged.projects.sum() >= FEWEST
    units = int(np.count_nonzero(charged.projects))
    return _ranked(charged.causes, days, influences, units, enough=bool(enough))


def shifts(before: Charges, after: Charges, projects: int | None = None) -> Ranking:
    """Rank the causes by how many days more of a project they took than before.

    What is compared is the time of an occasion, so that a period with more of some items is no
    worse for it; it is laid on the occasions that a project has over both periods. A cause with
    fewer than FEWEST occasions in either of them is left out.

    Args:
        projects: How many there are in all, where some have attempts in both; None = none has.

    Raises:
        ValueError: If the two were not charged to the same causes.
    """
    if before.causes != after.causes:
        raise ValueError("charged to different causes: take both periods from one ledger")
    occasions = before.occasions.sum(axis=0) + after.occasions.sum(axis=0)
    known = np.minimum(before.occasions.sum(axis=0), after.occasions.sum(axis=0)) >= FEWEST
    count = projects or max(before.projects.sum() + after.projects.sum(), 1.0)
    frequency = np.where(known, occasions / count, 0.0)
    old, moved_old = ratio(before.minutes / DAY, before.occasions)
    new, moved_new = ratio(after.minutes / DAY, after.occasions)
    units = [int(np.count_nonzero(each.projects)) for each in (before, after)]
    enough = min(before.projects.sum(), after.projects.sum()) >= FEWEST
    return _ranked(
        before.causes,
        (new - old) * frequency,
        (moved_new - moved_old) * frequency,
        min(units),
        enough=bool(enough),
    )


def _causes(names: Names) -> tuple[Cause, ...]:
    return (
        *(Cause(Kind.QUEUE, code) for code in names.departments),
        *(Cause(Kind.WORK, code) for code in names.items),
        *(Cause(Kind.DOCUMENT, code) for code in names.items),
        *(Cause(Kind.HANDLING, code) for code in names.items),
        *(Cause(kind) for kind, _ in _SINGLE),
    )


def _ranked(
    causes: Sequence[Cause], days: Floats, influences: Floats, units: int, *, enough: bool
) -> Ranking:
    live = np.flatnonzero(influences.any(axis=0) | (days != 0))
    low, high = bounds(days[live], influences[:, live], units)
    ranked = tuple(
        Ranked(cause=causes[at], days=float(days[at]), low=float(below), high=float(above))
        for at, below, above in zip(live.tolist(), low, high, strict=True)
    )
    ranked = tuple(sorted(ranked, key=lambda each: (-each.days, each.cause)))
    sure = resolved([(each.low, each.high) for each in ranked]) if enough else 0
    return Ranking(causes=ranked, resolved=sure)


def resolved(intervals: Sequence[tuple[float, float]]) -> int:
    """Return how many at the top are sure: wholly above 0 and above all that come after.

    >>> resolved([(5, 6), (3, 4), (1, 3.5), (0, 2)])
    1
    >>> resolved([(5, 6), (3, 5.5)])
    0
    """
    count = 0
    for at, (low, _) in enumerate(intervals):
        rest = max((high for _, high in intervals[at + 1 :]), default=0.0)
        if low <= max(rest, 0.0):
            break
        count += 1
    return count


@compiled
def _charged(  # noqa: PLR0913, PLR0917 - one loop, compiled
    spent: Floats,
    occasions: Floats,
    rows: Ints,
    blocks: NDArray[np.integer],
    department: Ints,
    item: Ints,
    minutes: Ints,
    accepted: Ints,
    decided: Ints,
    single: NDArray[np.int64],
    departments: int,
    items: int,
) -> None:
    """Charge the minutes of each stretch; the causes lie one kind after the other."""
    first = departments + 3 * items
    for at in range(len(rows)):
        row, block = rows[at], blocks[at]
        for place in range(len(single)):
            spent[block, first + place] += minutes[at, single[place]]
            occasions[block, first + place] += 1
        if row == NONE:
            continue
        queue = department[row]
        work = departments + item[row]
        document = departments + items + item[row]
        handling = departments + 2 * items + item[row]
        spent[block, queue] += minutes[at, _QUEUE]
        spent[block, work] += minutes[at, _WORK]
        spent[block, document] += minutes[at, _DELIVERY]
        spent[block, handling] += minutes[at, _UNTOLD]
        told = accepted[row] != NEVER and minutes[at, _UNTOLD] == 0
        occasions[block, queue] += told
        occasions[block, work] += told
        occasions[block, handling] += minutes[at, _UNTOLD] > 0
        occasions[block, document] += decided[row] != NEVER
