"""The attempts behind a figure, the slowest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.columns import NONE, Result
from analysis.parts import PARTS
from analysis.worktime import DAY, NEVER, date_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.columns import Columns, Truths
    from analysis.groups import Measures
    from analysis.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which attempts; None = any."""

    department: str | None = None
    item: str | None = None
    stage: int | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One attempt. Days are working days of eight hours.

    Attributes:
        ended: ISO date; None while it is open.
        used, limit: Legal days, in the limit's own unit; None without clock or limit.
        parts: Days by part; they add up to *days*, from wanted to end or until now.
    """

    project: str
    unit: int
    item: str
    attempt: int
    department: str
    stage: int
    result: str
    filed: str
    ended: str | None
    used: int | None
    limit: int | None
    days: float
    parts: Mapping[Part, float]


def drilled(
    columns: Columns, measured: Measures, asked: Asked, most: int = 50, first: int = 0
) -> tuple[Line, ...]:
    """Return *most* of the attempts that are asked for, from place *first* on, the slowest at 0."""
    which = _which(columns, measured, asked)
    length = measured.minutes.sum(axis=1)
    rows = np.flatnonzero(which)
    slowest = rows[np.argsort(-length[rows], kind="stable")][first : first + most]
    return tuple(_line(columns, measured, int(row)) for row in slowest)


def _which(columns: Columns, measured: Measures, asked: Asked) -> Truths:
    names = columns.names
    which: Truths = np.full(len(columns), fill_value=True)
    if asked.department is not None:
        which &= columns.department == _code(names.departments, asked.department)
    if asked.item is not None:
        which &= columns.item == _code(names.items, asked.item)
    if asked.stage is not None:
        which &= columns.stage == asked.stage
    if asked.overdue:
        which &= measured.counts[:, 4] == 1
    return which


def _code(words: tuple[str, ...], word: str) -> int:
    return words.index(word) if word in words else NONE - 1


def _line(columns: Columns, measured: Measures, row: int) -> Line:
    names, minutes = columns.names, measured.minutes[row]
    ended, limit, used = columns.ended_day[row], columns.limit[row], measured.used[row]
    return Line(
        project=names.projects[columns.project[row]],
        unit=int(columns.unit[row]),
        item=names.items[columns.item[row]],
        attempt=int(columns.attempt[row]),
        department=names.departments[columns.department[row]],
        stage=int(columns.stage[row]),
        result=Result(int(columns.result[row])).name.lower(),
        filed=date_of(int(columns.filed_day[row])).isoformat(),
        ended=None if ended == NEVER else date_of(int(ended)).isoformat(),
        used=None if used == NONE else int(used),
        limit=None if limit == NONE else int(limit),
        days=float(minutes.sum()) / DAY,
        parts={part: float(minutes[part]) / DAY for part in PARTS if minutes[part]},
    )
