"""A foreign event log as columns: what a file told, each event once, nothing read into it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int32]
    Times = NDArray[np.int64]

NONE = -1  # a word that was not told


class Phase(IntEnum):
    """What an event says of its activity; a coarser form of the life cycle of IEEE 1849."""

    COMPLETE = 0
    START = 1
    SUSPEND = 2
    RESUME = 3
    WANTED = 4  # scheduled, or assigned to somebody
    ABANDONED = 5  # withdrawn or aborted


PHASES = {
    "": Phase.COMPLETE,
    "complete": Phase.COMPLETE,
    "autoskip": Phase.COMPLETE,
    "manualskip": Phase.COMPLETE,
    "start": Phase.START,
    "suspend": Phase.SUSPEND,
    "resume": Phase.RESUME,
    "schedule": Phase.WANTED,
    "assign": Phase.WANTED,
    "reassign": Phase.WANTED,
    "withdraw": Phase.ABANDONED,
    "ate_abort": Phase.ABANDONED,
    "pi_abort": Phase.ABANDONED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some events as a file tells them: texts of one length each, "" = not told.

    Attributes:
        first: Number of the first one in the file, from 1.
        start: Empty where the file has no such column at all.   phase, resource, group,
            instance: Likewise.
    """

    first: int
    case: Sequence[str]
    activity: Sequence[str]
    at: Sequence[str]
    start: Sequence[str] = ()
    phase: Sequence[str] = ()
    resource: Sequence[str] = ()
    group: Sequence[str] = ()
    instance: Sequence[str] = ()

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self.case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Events by case, each case's in order of time; those of one instant as the file had them.

    Attributes:
        case, activity, resource, group, instance: int32, shape (events,): codes, NONE = not told.
        at: int64, shape (events,): microseconds since 1970-01-01 UTC.   start: Likewise,
            stamps.NEVER where the event tells none.
        phase: int8, shape (events,): of `Phase`.
        number: int64, shape (events,): place in the file, from 1.
        cases ... groups: What the codes stand for.
    """

    case: Codes
    activity: Codes
    resource: Codes
    group: Codes
    instance: Codes
    at: Times
    start: Times
    phase: NDArray[np.int8]
    number: Times
    cases: tuple[str, ...]
    activities: tuple[str, ...]
    resources: tuple[str, ...]
    groups: tuple[str, ...]

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self.case)

    @property
    def begins(self) -> Times:
        """Return where each case begins, and at last how many events there are."""
        cuts = np.flatnonzero(np.diff(self.case)) + 1
        return np.concatenate(([0], cuts, [len(self)])) if len(self) else np.array([0])
