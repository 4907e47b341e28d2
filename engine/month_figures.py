"""The figures of one month, from the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis import groups
from analysis.parts import PARTS
from analysis.report import month_name, month_of
from analysis.worktime import DAY, NEVER
from engine.store.facts import MonthFigure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from analysis.columns import Columns, Ints
    from analysis.groups import Figures

WHOLE, DEPARTMENT, ITEM, STAGE = "whole", "department", "item", "stage"
FLOW, TOWNSHIP, AGENT = "flow", "township", "agent"
DIMENSIONS = (WHOLE, DEPARTMENT, ITEM, STAGE, FLOW, TOWNSHIP, AGENT)


def months_of(columns: Columns) -> tuple[str, ...]:
    """Return the months in which an attempt ended."""
    ended = columns.ended_day
    months = np.unique(month_of(ended[ended != NEVER]))
    return tuple(month_name(int(month)) for month in months)


def month_figures(columns: Columns, month: str, made_at: datetime) -> Iterator[MonthFigure]:
    """Yield the figures of what ended in *month* ("2026-03"), by dimension and key."""
    ended = columns.ended_day != NEVER
    months = month_of(np.where(ended, columns.ended_day, 0))
    year, number = map(int, month.split("-"))
    own = columns.chosen(ended & (months == (year - 1970) * 12 + number - 1))
    measured = groups.measures(own)
    for dimension, codes, keys in _dimensions(own):
        for each in groups.figures(measured, codes, keys):
            yield _figure(month, dimension, each, made_at)


def _dimensions(columns: Columns) -> Iterator[tuple[str, Ints, Sequence[str]]]:
    names = columns.names
    yield WHOLE, np.zeros(len(columns), dtype=np.int32), ("",)
    yield DEPARTMENT, columns.department, names.departments
    yield ITEM, columns.item, names.items
    for dimension, numbers in ((STAGE, columns.stage), (FLOW, columns.flow)):
        top = int(numbers.max()) + 1 if len(numbers) else 0
        yield dimension, numbers, [str(number) for number in range(top)]
    yield TOWNSHIP, columns.township, names.townships
    yield AGENT, columns.agent, names.agents


def _figure(month: str, dimension: str, each: Figures, made_at: datetime) -> MonthFigure:
    return MonthFigure(
        month=month,
        dimension=dimension,
        key=each.key,
        ended=each.ended,
        limited=each.limited,
        inside=each.inside,
        median_days=each.median_days,
        p90_days=each.p90_days,
        supplements=each.supplements,
        refilings=each.refilings,
        parts={part.name.lower(): round(each.days[part] * each.attempts * DAY) for part in PARTS},
        made_at=made_at,
    )
