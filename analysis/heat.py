"""Heat for the diagrams: how long each drawn item takes, and each step within an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis import groups
from analysis.parts import PAUSED, Part
from workflows.catalogue.values import ItemKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analysis.columns import Columns
    from analysis.groups import Figures, Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """One item as it stands in its stage's diagram. Days are working days of eight hours.

    Attributes:
        process, element: Ids in the BPMN file: "stage_3", "S3_05".
        heat: Its mean days from filing to end beside the longest of its stage, 0 to 1.
        queue_days, work_days, untold_days, paused_days: Means; untold = queue or work.
    """

    process: str
    element: str
    stage: int
    item: str
    attempts: int
    days: float
    queue_days: float
    work_days: float
    untold_days: float
    paused_days: float
    heat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHeat:
    """One step of one item as it stands in the diagram of its kind.

    Attributes:
        process, element: Ids in the BPMN file: "item_standard", "review".
        days: Mean working days, pauses not counted, of the stretch that the step belongs to.
        together: The steps of that stretch: facts do not tell them apart.
        heat: Beside the longest stretch of the same item, 0 to 1.
    """

    process: str
    element: str
    item: str
    days: float
    together: tuple[str, ...]
    heat: float


# The stretches of each kind of item: their steps, and the parts of its time that they are.
_INTAKE, _AT_DEPARTMENT, _DELIVERY = (
    (Part.INTAKE,),
    (Part.QUEUE, Part.WORK, Part.UNTOLD),
    (Part.DELIVERY,),
)
STRETCHES: Mapping[ItemKind, tuple[tuple[tuple[str, ...], tuple[Part, ...]], ...]] = {
    ItemKind.STANDARD: (
        (("receive", "accept"), _INTAKE),
        (("inspect", "review", "decide"), _AT_DEPARTMENT),
        (("deliver",), _DELIVERY),
    ),
    ItemKind.COMMITMENT: (
        (("receive", "accept"), _INTAKE),
        (("inspect", "review", "decide", "decide_on_commitment"), _AT_DEPARTMENT),
        (("deliver",), _DELIVERY),
    ),
    ItemKind.REVIEW: (
        (("receive",), _INTAKE),
        (("review", "opinion"), _AT_DEPARTMENT),
        (("deliver",), _DELIVERY),
    ),
    ItemKind.UTILITY: (
        (("receive",), _INTAKE),
        (("survey", "plan", "connect"), _AT_DEPARTMENT),
        (("deliver",), _DELIVERY),
    ),
}


def step_heats(
    columns: Columns, measured: Measures, kinds: Mapping[str, ItemKind]
) -> tuple[StepHeat, ...]:
    """Return the heat of every step of each item that was ever filed, by item.

    Args:
        kinds: The kind of each item; one without is left out.
    """
    found = groups.figures(measured, columns.item, columns.names.items)
    known = sorted((each for each in found if each.key in kinds), key=lambda each: each.key)
    return tuple(heat for each in known for heat in _steps(each, kinds[each.key]))


def _steps(each: Figures, kind: ItemKind) -> Iterator[StepHeat]:
    took = [(steps, sum(each.days[part] for part in parts)) for steps, parts in STRETCHES[kind]]
    longest = max(days for _, days in took)
    for steps, days in took:
        for step in steps:
            yield StepHeat(
                process=kind.value,
                element=step,
                item=each.key,
                days=days,
                together=steps,
                heat=days / longest if longest else 0.0,
            )


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
        untold_days=each.days[Part.UNTOLD],
        paused_days=sum(each.days[part] for part in PAUSED),
        heat=days / longest if longest else 0.0,
    )
