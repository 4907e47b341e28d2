from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest

from bpmn._blocks import inside
from bpmn._geometry import Box, Point
from bpmn._items import standard
from bpmn._sketch import Flow, Lane, Node, Sketch
from bpmn.diagram import Kind
from bpmn.layout import lay_out


def sketch(*flows: tuple[str, str], rows: dict[str, int] | None = None) -> Sketch:
    """Return tasks in one lane, each in row 0 unless *rows* says otherwise."""
    names = sorted({name for flow in flows for name in flow})
    return Sketch(
        id="x",
        name="x",
        lanes=(Lane(id="lane", name="窗口"),),
        nodes=tuple(
            Node(id=name, kind=Kind.TASK, name=name, lane="lane", row=(rows or {}).get(name, 0))
            for name in names
        ),
        flows=tuple(Flow(source=source, target=target) for source, target in flows),
    )


class TestLayOut:
    def test_draws_a_chain_as_one_straight_line(self) -> None:
        layout = lay_out(sketch(("a", "b"), ("b", "c")))

        assert [len(way) for way in layout.routes.values()] == [2, 2]
        assert len({box.y for box in layout.shapes.values()}) == 1

    def test_goes_around_a_shape_that_stands_in_the_way(self) -> None:
        layout = lay_out(sketch(("a", "b"), ("b", "c"), ("a", "c")))

        way = layout.routes["f_a__c"]

        assert len(way) > 2
        assert not touches(way, layout.shapes["b"])

    def test_bends_twice_into_another_row(self) -> None:
        layout = lay_out(sketch(("a", "b"), rows={"b": 1}))

        assert len(layout.routes["f_a__b"]) == 4

    def test_refuses_a_circle(self) -> None:
        with pytest.raises(nx.NetworkXUnfeasible):
            lay_out(sketch(("a", "b"), ("b", "a")))

    def test_puts_a_boundary_event_on_the_lower_edge_of_its_host(self) -> None:
        shapes = lay_out(standard()).shapes

        event, host = shapes["deemed"], shapes["accept"]

        assert event.centre.y == host.bottom
        assert host.x < event.x
        assert event.right < host.right

    def test_leaves_a_boundary_event_downwards(self) -> None:
        layout = lay_out(standard())

        first, second = layout.routes["f_deemed__accepted"][:2]

        assert first == Point(layout.shapes["deemed"].centre.x, layout.shapes["deemed"].bottom)
        assert second.y > first.y

    def test_labels_every_named_event_gateway_and_flow(self) -> None:
        drawn = standard()
        outside = {Kind.START, Kind.END, Kind.BOUNDARY, Kind.EXCLUSIVE}

        labels = lay_out(drawn).labels

        assert set(labels) == {
            *(node.id for node in drawn.nodes if node.name and node.kind in outside),
            *(flow.id for flow in drawn.flows if flow.name),
        }


class TestInside:
    def test_is_six_items_wide(self) -> None:
        placed = inside(children(7), ())

        assert len({box.x for _, box in placed.boxes}) == 6
        assert len({box.y for _, box in placed.boxes}) == 2

    def test_puts_frames_side_by_side_until_six_items_are_wide(self) -> None:
        frames = [("four", names(4)), ("three", names(3, 4)), ("two", names(2, 7))]

        boxes = dict(inside(children(9), frames).boxes)

        assert boxes["four"].y == boxes["two"].y
        assert boxes["two"].x > boxes["four"].right
        assert boxes["three"].y > boxes["four"].bottom


def names(count: int, first: int = 0) -> list[str]:
    return [f"S1_{number:02}" for number in range(first, first + count)]


def children(count: int) -> list[Node]:
    return [Node(id=name, kind=Kind.CALL, parent="free_1") for name in names(count)]


def touches(way: tuple[Point, ...], box: Box) -> bool:
    return any(Box.around(a, b).meets(box) for a, b in pairwise(way))
