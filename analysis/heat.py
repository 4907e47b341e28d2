"""Heat for the diagrams: how long each drawn item takes beside the longest of its stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis import groups
from analysis.parts import PAUSED, Part

if TYPE_CHECKING:
    from analysis.columns import Columns
    from analysis.groups import Figures, Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """One item as it stands in its stage's diagram. Days are working days of eight hours.

    Attributes:
        process, element: Ids in the BPMN file: "stage_3", "S3_05".
        heat: Its mean days from filing to end beside the longest of its stage, 0 to 1.
        queue_days, work_days, paused_days: Means.
    """

    process: str
    element: str
    stage: int
    item: str
    attempts: int
    days: float
    queue_days: float
    work_days: float
    paused_days: float
    heat: float


def heats(columns: Columns, measured: Measures) -> tuple[Heat, ...]:
    """Return the heat of every item that was ever filed, by stage and item."""
    names = columns.names.items
    stage_of = np.zeros(max(len(names), 1), dtype=np.int32)
    stage_of[columns.item] = columns.stage
    found = [
        (int(stage_of[names.index(each.key)]), each)
        for each in groups.figures(measured, columns.item, names)
    ]
    longest: dict[int, float] = {}
    for stage, each in found:
        longest[stage] = max(longest.get(stage, 0.0), _filed(each))
    return tuple(_heat(stage, each, longest[stage]) for stage, each in sorted(found, key=_place))


def _place(one: tuple[int, Figures]) -> tuple[int, str]:
    return one[0], one[1].key


def _filed(each: Figures) -> float:
    """Return the days after the filing."""
    return each.elapsed_days - each.days[Part.DOCUMENTS] - each.days[Part.FILING]


def _heat(stage: int, each: Figures, longest: float) -> Heat:
    days = _filed(each)
    return Heat(
        process=f"stage_{stage}",
        element=each.key.replace("-", "_"),
        stage=stage,
        item=each.key,
        attempts=each.attempts,
        days=days,
        queue_days=each.days[Part.QUEUE],
        work_days=each.days[Part.WORK],
        paused_days=sum(each.days[part] for part in PAUSED),
        heat=days / longest if longest else 0.0,
    )
