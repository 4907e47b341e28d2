"""Sketch of the life of a project: each milestone opens the next stage."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bpmn._sketch import Flow, Lane, Node, Sketch
from bpmn.diagram import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bpmn.plan import StagePlan

STAGES: Final = Lane(id="lane_stages", name="审批阶段")
ALONGSIDE: Final = Lane(id="lane_alongside", name="并行推进")


def lifecycle(plans: Sequence[StagePlan]) -> Sketch:
    """Return the sketch: a staircase of stages with milestones, the others alongside."""
    steps = tuple(plan for plan in plans if plan.join is not None)
    alongside = tuple(plan for plan in plans if plan.join is None)
    at_once = (*steps[:1], *alongside)
    return Sketch(
        id="lifecycle",
        name="工程建设项目审批全流程",
        lanes=(STAGES, ALONGSIDE) if alongside else (STAGES,),
        nodes=(
            Node(id="start", kind=Kind.START, name="项目申报", lane=STAGES.id),
            Node(id="fork", kind=Kind.PARALLEL, lane=STAGES.id),
            *(_call(plan, STAGES, row) for row, plan in enumerate(steps)),
            *(_milestone(plan, row) for row, plan in enumerate(steps[:-1])),
            *(_call(plan, ALONGSIDE, row) for row, plan in enumerate(alongside)),
            Node(id="join", kind=Kind.PARALLEL, lane=STAGES.id),
            Node(id="end", kind=Kind.END, name="项目办结", lane=STAGES.id),
        ),
        flows=(
            Flow(source="start", target="fork"),
            *(Flow(source="fork", target=_id(plan)) for plan in at_once),
            *_handovers(steps),
            *(Flow(source=_id(plan), target="join") for plan in plans),
            Flow(source="join", target="end"),
        ),
        signals=tuple((_signal(plan), f"阶段{plan.number}里程碑达成") for plan in steps[:-1]),
    )


def _call(plan: StagePlan, lane: Lane, row: int) -> Node:
    return Node(
        id=_id(plan),
        kind=Kind.CALL,
        name=f"阶段{plan.number} {plan.name}",
        lane=lane.id,
        row=row,
        called=_id(plan),
    )


def _milestone(plan: StagePlan, row: int) -> Node:
    return Node(
        id=f"milestone_{plan.number}",
        kind=Kind.BOUNDARY,
        name=f"阶段{plan.number}里程碑",
        lane=STAGES.id,
        row=row,
        host=_id(plan),
        interrupting=False,
        signal=_signal(plan),
    )


def _handovers(steps: Sequence[StagePlan]) -> Iterable[Flow]:
    for plan, following in pairwise(steps):
        yield Flow(source=f"milestone_{plan.number}", target=_id(following))


def _id(plan: StagePlan) -> str:
    return f"stage_{plan.number}"


def _signal(plan: StagePlan) -> str:
    return f"milestone_{plan.number}_reached"
