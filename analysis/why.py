"""Why a project is late: the path that its time took, link by link, and what each was doing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from analysis.columns import NONE
from analysis.gating import gates, path, path_parts
from analysis.parts import PARTS, parts
from analysis.worktime import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.columns import Columns
    from analysis.parts import Part

_HALF = 0.5  # working days below which a part is not worth a word


class Reason(StrEnum):
    """Why a link stands where it does: what came after it waited for what."""

    APPLICATION = "application"  # the stage was open and not applied for
    CLOSES = "closes"  # its end closed the stage
    OPEN = "open"  # it is still open, and the stage with it
    IDLE = "idle"  # the stage is open, and nothing of it is being done
    DOCUMENT = "document"  # the next one waited for its document
    AGAIN = "again"  # it ended badly, and the item was filed again


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the chain, in order of time. Days are working days of eight hours.

    Attributes:
        item, department, attempt: None, None and 0 before a stage's application, or when idle.
        next_item: What waited for it; None for one that closed its stage, or an application.
        days: Whole length; the *parts* add up to it.
    """

    stage: int
    unit: int
    reason: Reason
    item: str | None
    department: str | None
    attempt: int
    next_item: str | None
    days: float
    parts: Mapping[Part, float]

    @property
    def longest(self) -> tuple[tuple[Part, float], ...]:
        """Return the parts worth a word, the longest first."""
        told = [(part, days) for part, days in self.parts.items() if days >= _HALF]
        return tuple(sorted(told, key=lambda each: (-each[1], each[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """How long one stage held the project up, in working days; *limit* as the flow has it."""

    stage: int
    days: float
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Why a project took as long as it did.

    Attributes:
        days: From its first stage's opening to the end of its last stage, or until now.
        limit: Working days that the flow allows; only what departments use counts for it.
    """

    project: str
    days: float
    limit: int | None
    stages: tuple[StageTime, ...]
    links: tuple[Link, ...]


def why(
    columns: Columns,
    project: str,
    limit: int | None = None,
    stage_limits: Sequence[int] = (),
) -> Chain:
    """Return the chain of one project; without links while nothing of it was filed.

    Raises:
        KeyError: If the columns do not hold the project.
    """
    if project not in columns.names.projects:
        raise KeyError(project)
    own = columns.chosen(columns.project == columns.names.projects.index(project))
    way = path(own, gates(own))
    shares = path_parts(own, parts(own), way)
    which = np.flatnonzero(way.project == columns.names.projects.index(project))
    links = tuple(
        _link(own, way.row, way.run, shares[at], int(at), last=at == which[-1]) for at in which
    )
    stages = sorted({link.stage for link in links})
    return Chain(
        project=project,
        days=sum(link.days for link in links),
        limit=limit,
        stages=tuple(
            StageTime(
                stage=stage,
                days=sum(link.days for link in links if link.stage == stage),
                limit=stage_limits[stage - 1] if 0 < stage <= len(stage_limits) else None,
            )
            for stage in stages
        ),
        links=links,
    )


def _link(  # noqa: PLR0913 - a stretch and its neighbours
    columns: Columns,
    rows: np.ndarray[tuple[int], np.dtype[np.int32]],
    runs: np.ndarray[tuple[int], np.dtype[np.int32]],
    share: np.ndarray[tuple[int], np.dtype[np.int32]],
    at: int,
    *,
    last: bool,
) -> Link:
    row, run = int(rows[at]), int(runs[at])
    after = NONE if last else int(rows[at + 1])
    item = None if row == NONE else columns.names.items[columns.item[row]]
    reason = Reason.CLOSES
    if row == NONE:
        reason = Reason.IDLE if last else Reason.APPLICATION
    elif not columns.over[row]:
        reason = Reason.OPEN
    elif after != NONE and columns.producer[after] == row:
        reason = Reason.DOCUMENT
    elif after != NONE and columns.previous[after] == row:
        reason = Reason.AGAIN
    waits = reason in {Reason.DOCUMENT, Reason.AGAIN}
    return Link(
        stage=int(columns.runs.stage[run]),
        unit=int(columns.runs.unit[run]),
        reason=reason,
        item=item,
        department=None if row == NONE else columns.names.departments[columns.department[row]],
        attempt=0 if row == NONE else int(columns.attempt[row]),
        next_item=columns.names.items[columns.item[after]] if waits else None,
        days=float(share.sum()) / DAY,
        parts={part: float(share[part]) / DAY for part in PARTS if share[part]},
    )
