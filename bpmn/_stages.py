"""Sketches of the stage files: intake, the ordered items, the two blocks, the way out."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from bpmn._sketch import Flow, Group, Lane, Node, Sketch
from bpmn.diagram import Kind, Pairing, Performer, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bpmn.plan import ItemPlan, StagePlan

WINDOW: Final = Lane(id="lane_window", name="综合窗口")
PAIRS: Final = Lane(id="lane_pairs", name="可两两并事项")
FREE: Final = Lane(id="lane_free", name="并行推进事项")
DOZEN: Final = 12  # a block with more children gets a frame for each department


def stage(plan: StagePlan) -> Sketch:
    """Return the sketch of one stage file."""
    return _with_intake(plan) if plan.ordered or plan.pairable else _free_only(plan)


def _with_intake(plan: StagePlan) -> Sketch:
    number = plan.number
    blocks = _blocks(plan)
    lanes = _department_lanes(plan.ordered)
    window = (
        Node(id="start", kind=Kind.START, name="阶段开始", lane=WINDOW.id),
        Node(
            id=f"intake_{number}",
            kind=Kind.TASK,
            name="综合受理",
            lane=WINDOW.id,
            step=Step(status=3, performer=Performer.WINDOW, outcomes=("filed",)),
        ),
        Node(id="fork", kind=Kind.PARALLEL, lane=WINDOW.id),
        Node(id="join", kind=Kind.PARALLEL, lane=WINDOW.id),
        Node(id="end", kind=Kind.END, name="阶段结束", lane=WINDOW.id),
    )
    flows = (
        Flow(source="start", target=f"intake_{number}"),
        Flow(source=f"intake_{number}", target="fork"),
        *_ordered_flows(plan),
        *(flow for block in blocks for flow in _through(block.id)),
        Flow(source="join", target="end"),
    )
    return _sketch(
        plan,
        lanes=(WINDOW, *lanes.values()),
        nodes=(*window, *_ordered_nodes(plan, lanes)),
        flows=flows,
    )


def _free_only(plan: StagePlan) -> Sketch:
    window = (
        Node(id="start", kind=Kind.START, name="阶段开始", lane=WINDOW.id),
        Node(id="end", kind=Kind.END, name="阶段结束", lane=WINDOW.id),
    )
    way = ("start", *(block.id for block in _blocks(plan)), "end")
    flows = tuple(Flow(source=source, target=target) for source, target in pairwise(way))
    return _sketch(plan, lanes=(WINDOW,), nodes=window, flows=flows)


def _sketch(
    plan: StagePlan, *, lanes: tuple[Lane, ...], nodes: tuple[Node, ...], flows: tuple[Flow, ...]
) -> Sketch:
    """Return the sketch with the blocks, their lanes, children and frames added."""
    blocks = _blocks(plan)
    used = {block.lane for block in blocks}
    return Sketch(
        id=f"stage_{plan.number}",
        name=f"阶段{plan.number} {plan.name}",
        lanes=(*lanes, *(lane for lane in (PAIRS, FREE) if lane.id in used)),
        nodes=(*nodes, *blocks, *(c for block in blocks for c in _children(plan, block))),
        flows=flows,
        groups=tuple(group for block in blocks for group in _groups(_children(plan, block))),
        stage=plan.number,
        join=plan.join,
    )


def _blocks(plan: StagePlan) -> tuple[Node, ...]:
    pairs = Node(
        id=f"pairs_{plan.number}",
        kind=Kind.BLOCK,
        name="可两两并事项",
        lane=PAIRS.id,
        pairing=Pairing(slots=plan.slots, mode=plan.mode),
    )
    free = Node(
        id=f"free_{plan.number}",
        kind=Kind.BLOCK,
        name="并行推进事项",
        lane=FREE.id,
        pairing=Pairing(slots=0, mode=plan.mode),
    )
    return tuple(block for block, items in ((pairs, plan.pairable), (free, plan.free)) if items)


def _children(plan: StagePlan, block: Node) -> tuple[Node, ...]:
    """Return the block's items by department, in order of first appearance."""
    items = plan.pairable if block.lane == PAIRS.id else plan.free
    first = {item.department: number for number, item in reversed(list(enumerate(items)))}
    by_department = sorted(items, key=lambda item: first[item.department])
    return tuple(_call(item, parent=block.id) for item in by_department)


def _groups(children: Sequence[Node]) -> Iterable[Group]:
    if len(children) <= DOZEN:
        return
    for number, (lane, members) in enumerate(groupby(children, key=_department_name), start=1):
        nodes = tuple(members)
        block = nodes[0].parent or ""
        yield Group(
            id=f"group_{block}_{number}",
            name=lane,
            block=block,
            members=tuple(node.id for node in nodes),
        )


def _department_name(node: Node) -> str:
    return node.item.lane if node.item else ""


def _department_lanes(items: Sequence[ItemPlan]) -> Mapping[str, Lane]:
    """Return one lane a department, in order of first appearance."""
    names = {item.department: item.lane for item in items}
    return {code: Lane(id=f"lane_{code}", name=name) for code, name in names.items()}


def _ordered_nodes(plan: StagePlan, lanes: Mapping[str, Lane]) -> Iterable[Node]:
    """Yield the ordered items, each in a row of its own, with the gateways around them."""
    before, after = _neighbours(plan)
    rows = dict.fromkeys(lanes, 0)
    for item in plan.ordered:
        lane, row = lanes[item.department].id, rows[item.department]
        rows[item.department] += 1
        element = element_id(item.code)
        if len(before[element]) > 1:
            yield Node(id=f"join_{element}", kind=Kind.PARALLEL, lane=lane, row=row)
        yield _call(item, lane=lane, row=row)
        if len(after[element]) > 1:
            yield Node(id=f"fork_{element}", kind=Kind.PARALLEL, lane=lane, row=row)


def _ordered_flows(plan: StagePlan) -> Iterable[Flow]:
    before, after = _neighbours(plan)
    way_in = {e: f"join_{e}" if len(sources) > 1 else e for e, sources in before.items()}
    way_out = {e: f"fork_{e}" if len(targets) > 1 else e for e, targets in after.items()}
    for item in plan.ordered:
        element = element_id(item.code)
        if way_in[element] != element:
            yield Flow(source=way_in[element], target=element)
        if not before[element]:
            yield Flow(source="fork", target=element)
        if way_out[element] != element:
            yield Flow(source=element, target=way_out[element])
        for target in after[element]:
            yield Flow(source=way_out[element], target=way_in[target])
        if not after[element]:
            yield Flow(source=element, target="join")


def _neighbours(plan: StagePlan) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the element ids drawn right before and right after each ordered element."""
    before: dict[str, list[str]] = {element_id(item.code): [] for item in plan.ordered}
    after: dict[str, list[str]] = {element_id(item.code): [] for item in plan.ordered}
    for first, then in sorted(plan.edges):
        before[element_id(then)].append(element_id(first))
        after[element_id(first)].append(element_id(then))
    return before, after


def _through(block: str) -> tuple[Flow, Flow]:
    return Flow(source="fork", target=block), Flow(source=block, target="join")


def _call(
    item: ItemPlan, *, lane: str | None = None, row: int = 0, parent: str | None = None
) -> Node:
    return Node(
        id=element_id(item.code),
        kind=Kind.CALL,
        name=f"{item.code} {item.name}",
        lane=lane,
        row=row,
        parent=parent,
        called=item.kind,
        item=item,
    )


def element_id(code: str) -> str:
    """Return the element id of an item's code.

    >>> element_id("S3-02")
    'S3_02'
    """
    return code.replace("-", "_")
