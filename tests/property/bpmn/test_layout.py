from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn._geometry import Box, Layout, Point
from bpmn._items import items
from bpmn._lifecycle import lifecycle
from bpmn._stages import stage
from bpmn.diagram import Kind
from bpmn.layout import lay_out
from tests.support.stage_plans import stage_plans

if TYPE_CHECKING:
    from bpmn._sketch import Node, Sketch
    from bpmn.plan import StagePlan


def belongs(one: Node, two: Node) -> bool:
    """Tell whether one node is drawn in or on the other."""
    return one.id in (two.parent, two.host) or two.id in (one.parent, one.host)


def overlaps(sketch: Sketch, layout: Layout) -> list[tuple[str, str]]:
    return [
        (one.id, two.id)
        for one, two in combinations(sketch.nodes, 2)
        if not belongs(one, two) and layout.shapes[one.id].meets(layout.shapes[two.id])
    ]


def astray(sketch: Sketch, layout: Layout) -> list[str]:
    """Return the nodes outside their lane, or their block."""
    return [
        node.id for node in sketch.nodes if not _around(node, layout).holds(layout.shapes[node.id])
    ]


def _around(node: Node, layout: Layout) -> Box:
    if node.parent is not None:
        return layout.shapes[node.parent]
    assert node.lane is not None
    return layout.lanes[node.lane]


def on_border(point: Point, box: Box) -> bool:
    return box.holds(Box(*point, 0, 0)) and (
        point.x in (box.x, box.right) or point.y in (box.y, box.bottom)
    )


def crooked(way: tuple[Point, ...]) -> bool:
    return any((a.x == b.x) == (a.y == b.y) for a, b in pairwise(way))


def runs_through(sketch: Sketch, layout: Layout) -> list[tuple[str, str]]:
    """Return the flows with the shapes whose inside they cross, their own ends included."""
    solid = [node for node in sketch.nodes if node.parent is None]
    hosts = {node.id: node.host for node in sketch.nodes}
    return [
        (flow.id, node.id)
        for flow in sketch.flows
        for node in solid
        if node.id != hosts[flow.source]
        for start, end in pairwise(layout.routes[flow.id])
        if Box.around(start, end).meets(layout.shapes[node.id].grown(-1))
    ]


class TestStage:
    @given(stage_plans())
    @settings(max_examples=30)
    def test_puts_no_shape_on_another(self, plan: StagePlan) -> None:
        sketch = stage(plan)

        layout = lay_out(sketch)

        assert overlaps(sketch, layout) == []

    @given(stage_plans())
    @settings(max_examples=30)
    def test_keeps_every_shape_in_its_lane(self, plan: StagePlan) -> None:
        sketch = stage(plan)

        layout = lay_out(sketch)

        assert astray(sketch, layout) == []

    @given(stage_plans())
    @settings(max_examples=30)
    def test_stacks_the_lanes_without_gaps(self, plan: StagePlan) -> None:
        sketch = stage(plan)

        lanes = [lay_out(sketch).lanes[lane.id] for lane in sketch.lanes]

        assert all(upper.bottom == lower.y for upper, lower in pairwise(lanes))
        assert len({(lane.x, lane.width) for lane in lanes}) == 1

    @given(stage_plans())
    @settings(max_examples=30)
    def test_joins_the_borders_of_both_ends_at_right_angles(self, plan: StagePlan) -> None:
        sketch = stage(plan)

        layout = lay_out(sketch)

        for flow in sketch.flows:
            way = layout.routes[flow.id]
            assert on_border(way[0], layout.shapes[flow.source])
            assert on_border(way[-1], layout.shapes[flow.target])
            assert not crooked(way)

    @given(stage_plans())
    @settings(max_examples=100)
    def test_runs_no_flow_through_a_shape(self, plan: StagePlan) -> None:
        sketch = stage(plan)

        assert runs_through(sketch, lay_out(sketch)) == []

    @given(stage_plans())
    @settings(max_examples=30)
    def test_gives_each_ordered_item_a_row_of_its_own(self, plan: StagePlan) -> None:
        sketch = stage(plan)

        layout = lay_out(sketch)

        calls = [n.id for n in sketch.nodes if n.kind is Kind.CALL and n.parent is None]
        rows = [layout.shapes[call].y for call in calls]
        assert len(set(rows)) == len(rows)

    @given(stage_plans())
    @settings(max_examples=30)
    def test_draws_what_comes_after_further_to_the_right(self, plan: StagePlan) -> None:
        sketch = stage(plan)

        shapes = lay_out(sketch).shapes

        assert all(shapes[f.source].right < shapes[f.target].x for f in sketch.flows)

    @given(stage_plans())
    @settings(max_examples=30)
    def test_stands_gateways_in_columns_of_their_own(self, plan: StagePlan) -> None:
        sketch = stage(plan)

        shapes = lay_out(sketch).shapes

        ordered = [node for node in sketch.nodes if node.parent is None]
        gateways = {shapes[n.id].centre.x for n in ordered if n.kind is Kind.PARALLEL}
        calls = {shapes[n.id].centre.x for n in ordered if n.kind is Kind.CALL}
        assert not gateways & calls

    @given(stage_plans())
    @settings(max_examples=30)
    def test_frames_the_members_of_a_department_and_nobody_else(self, plan: StagePlan) -> None:
        sketch = stage(plan)

        shapes = lay_out(sketch).shapes

        for group in sketch.groups:
            block = sketch.children(group.block)
            framed = {n.id for n in block if shapes[group.id].meets(shapes[n.id])}
            assert framed == set(group.members)
            assert shapes[group.block].holds(shapes[group.id])


class TestItemsAndLifecycle:
    @given(st.lists(stage_plans(ordered=2), min_size=1, max_size=6))
    @settings(max_examples=20)
    def test_keep_the_same_rules(self, stages: list[StagePlan]) -> None:
        plans = [replace(plan, number=number) for number, plan in enumerate(stages, start=1)]

        for sketch in (lifecycle(plans), *items()):
            layout = lay_out(sketch)

            assert overlaps(sketch, layout) == []
            assert astray(sketch, layout) == []
            assert runs_through(sketch, layout) == []
            assert not any(crooked(way) for way in layout.routes.values())
