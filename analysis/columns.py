"""The facts as columns: one place in each array for each attempt, whoever made the history.

Times are minutes on the line of working time (analysis/worktime.py), NEVER where they did not
come; words are places in the tables of `Names`. The arrays are views: nobody writes to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, cast

import numpy as np

from analysis.worktime import NEVER, WorkTime
from workflows.events import How, PauseKind, Policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int32]
    Truths = NDArray[np.bool_]

NONE = -1  # a word that is not there
# Pauses in the order in which they claim a minute that several cover (as in workflows/clock.py).
POLICIES = tuple(Policy)
HOWS = tuple(How)
PAUSES = (PauseKind.SUSPENSION, PauseKind.SUPPLEMENT, PauseKind.PROCEDURE, PauseKind.JOINT)


class Result(IntEnum):
    """How an attempt ended."""

    OPEN = 0
    GRANTED = 1
    REFUSED = 2
    LAPSED = 3
    WITHDRAWN = 4
    REVOKED = 5
    OTHER = 6


class Join(IntEnum):
    """Which grants make a stage's milestone."""

    NONE = 0
    ALL = 1
    ANY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the codes in the columns stand for, by place."""

    projects: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    townships: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The stage runs. All int32, shape (runs,).

    Attributes:
        before: The run whose milestone opened this one; NONE for the first.
    """

    project: Ints
    stage: Ints
    unit: Ints
    join: Ints
    opened: Ints
    filed: Ints
    milestone: Ints
    ended: Ints
    before: Ints

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.project)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The projects. All int32, shape (projects,); *day* is the legal date of the filing."""

    flow: Ints
    township: Ints
    agent: Ints
    filed: Ints
    ended: Ints
    day: Ints

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.flow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The attempts, their pauses, their stage runs and projects, as of one instant.

    Attributes:
        now: Minute up to which what is open counts.   today: Its legal date, by number.
        project, run, stage, unit, attempt, flow, township, agent, department, item, how, pair,
            result: int32, shape (attempts,): codes, or small numbers.
        partner, waited_for: Items, or NONE.   policy: Place among POLICIES, or NONE.
        producer: The attempt that brought the document last waited for, or NONE.
        previous: The attempt of the same item before this one, or NONE.
        wanted ... ended: int32, shape (attempts,): minutes.
        accepted_day, decided_day, ended_day: Legal dates, by number. The clock stops for good on
            the first of the last two.
        limit: Days of the committed limit, NONE without; *calendar_days* says which days.
        late: Longest recording delay, in seconds.
        pause_of, pause_kind, pause_since, pause_until: int32, shape (pauses,): the attempt, place
            in PAUSES, minutes. *pause_from_day*, *pause_to_day*: legal dates; *pause_counted*.
    """

    worktime: WorkTime = field(repr=False)
    now: int
    today: int
    names: Names = field(repr=False)
    cases: Cases = field(repr=False)
    runs: Runs = field(repr=False)
    project: Ints
    run: Ints
    stage: Ints
    unit: Ints
    attempt: Ints
    flow: Ints
    township: Ints
    agent: Ints
    department: Ints
    item: Ints
    how: Ints
    pair: Ints
    partner: Ints
    policy: Ints
    result: Ints
    wanted: Ints
    documents: Ints
    waited_for: Ints
    producer: Ints
    previous: Ints
    filed: Ints
    received: Ints
    accepted: Ints
    begun: Ints
    decided: Ints
    ended: Ints
    filed_day: Ints
    accepted_day: Ints
    decided_day: Ints
    ended_day: Ints
    limit: Ints
    calendar_days: Ints
    milestone: Ints
    late: Ints
    pause_of: Ints
    pause_kind: Ints
    pause_since: Ints
    pause_until: Ints
    pause_from_day: Ints
    pause_to_day: Ints
    pause_counted: Ints

    def __len__(self) -> int:
        """Return how many attempts there are."""
        return len(self.item)

    @property
    def until(self) -> Ints:
        """Return the end of each attempt, or *now* while it is open."""
        return cast("Ints", np.where(self.ended == NEVER, self.now, self.ended))

    @property
    def over(self) -> Truths:
        """Tell which attempts have ended."""
        return cast("Truths", self.ended != NEVER)

    def chosen(self, which: Truths) -> Columns:
        """Return the attempts for which *which* holds, with their pauses; runs and cases stay.

        An attempt named by *producer* or *previous* that is left out becomes NONE.
        """
        places = np.cumsum(which, dtype=np.int32) - 1

        def moved(rows: Ints) -> Ints:
            known = (rows != NONE) & which[rows]
            return np.where(known, places[rows], NONE).astype(np.int32)

        kept = moved(self.pause_of) if len(self) else self.pause_of
        pauses = kept != NONE
        cut = {name: getattr(self, name)[which] for name in ATTEMPTS}
        cut |= {name: getattr(self, name)[pauses] for name in PAUSE_COLUMNS}
        cut["pause_of"] = kept[pauses]
        if len(self):
            cut["producer"] = moved(self.producer)[which]
            cut["previous"] = moved(self.previous)[which]
        return replace(self, **cut)


ATTEMPTS = (
    "project",
    "run",
    "stage",
    "unit",
    "attempt",
    "flow",
    "township",
    "agent",
    "department",
    "item",
    "how",
    "pair",
    "partner",
    "policy",
    "result",
    "wanted",
    "documents",
    "waited_for",
    "producer",
    "previous",
    "filed",
    "received",
    "accepted",
    "begun",
    "decided",
    "ended",
    "filed_day",
    "accepted_day",
    "decided_day",
    "ended_day",
    "limit",
    "calendar_days",
    "milestone",
    "late",
)
PAUSE_COLUMNS = (
    "pause_of",
    "pause_kind",
    "pause_since",
    "pause_until",
    "pause_from_day",
    "pause_to_day",
    "pause_counted",
)
RUN_COLUMNS = (
    "project",
    "stage",
    "unit",
    "join",
    "opened",
    "filed",
    "milestone",
    "ended",
    "before",
)
CASE_COLUMNS = ("flow", "township", "agent", "filed", "ended", "day")


def named(names: Sequence[str], code: int) -> str | None:
    """Return what a code stands for; None for NONE."""
    return None if code == NONE else names[code]
