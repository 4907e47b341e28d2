"""The facts as they were known at an earlier minute: to forecast the past without its future."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from analysis.columns import NONE, Result
from analysis.expected import day_after
from analysis.worktime import NEVER, number_of

if TYPE_CHECKING:
    from analysis.columns import Columns, Ints


def as_of(columns: Columns, now: int) -> Columns:
    """Return what had happened by a minute of the line; projects filed later have no attempts.

    Raises:
        ValueError: If the minute lies beyond the calendar.
    """
    day = day_after(columns.worktime, now)
    if day is None:
        raise ValueError(now)

    def by(moments: Ints) -> Ints:
        return cast("Ints", np.where(moments <= now, moments, NEVER).astype(np.int32))

    over = (columns.ended != NEVER) & (columns.ended <= now)
    stood = replace(
        columns,
        now=now,
        today=number_of(day),
        runs=replace(
            columns.runs,
            opened=by(columns.runs.opened),
            filed=by(columns.runs.filed),
            milestone=by(columns.runs.milestone),
            ended=by(columns.runs.ended),
        ),
        cases=replace(columns.cases, filed=by(columns.cases.filed), ended=by(columns.cases.ended)),
        received=by(columns.received),
        accepted=by(columns.accepted),
        begun=by(columns.begun),
        decided=by(columns.decided),
        ended=by(columns.ended),
        ended_day=np.where(over, columns.ended_day, NEVER).astype(np.int32),
        result=np.where(over, columns.result, int(Result.OPEN)).astype(np.int32),
        pause_of=np.where(columns.pause_since <= now, columns.pause_of, NONE).astype(np.int32),
        pause_until=by(columns.pause_until),
    )
    return stood.chosen(columns.filed <= now)
