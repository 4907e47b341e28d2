"""Names that stand outside their shapes: each where it covers nothing, if there is such a place."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bpmn._geometry import Box
from bpmn.diagram import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bpmn._geometry import Layout, Point
    from bpmn._sketch import Sketch

LETTER: Final = 12  # width of a Chinese letter in the viewer's small type
LINE: Final = 14
FIRST_WIDE: Final = "\u2e80"  # from here on Chinese letters and full-width signs
WIDEST: Final = 84  # viewers wrap at 90
NEAR: Final = 5
SLASH: Final = 14  # beyond the mark of a default flow
OUTSIDE: Final = {Kind.START, Kind.END, Kind.BOUNDARY, Kind.PARALLEL, Kind.EXCLUSIVE}


def text_length(text: str, letter: int = LETTER) -> int:
    """Return the width of *text* in one line: a Chinese letter counts 1, a Latin one 3/5.

    >>> text_length("综合受理"), text_length("abcde")
    (48, 36)
    """
    fifths = sum(5 if character >= FIRST_WIDE else 3 for character in text)
    return -(-fifths * letter // 5)


def place_labels(sketch: Sketch, layout: Layout) -> Layout:
    """Return the layout with the labels of events, gateways, named flows and groups."""
    labels: dict[str, Box] = {}
    lines = [
        Box.around(start, end).grown(1)
        for way in layout.routes.values()
        for start, end in pairwise(way)
    ]
    for name, places in (*_of_nodes(sketch, layout), *_of_flows(sketch, layout)):
        taken = [*layout.shapes.values(), *lines, *labels.values()]
        labels[name] = _best(tuple(places), taken, tuple(layout.lanes.values()))
    for group in sketch.groups:
        frame = layout.shapes[group.id]
        width = text_length(group.name)
        labels[group.id] = Box(frame.centre.x - width // 2, frame.y + NEAR, width, LINE)
    return replace(layout, labels=labels)


def _size(text: str) -> tuple[int, int]:
    length = text_length(text)
    return min(length, WIDEST), LINE * -(-length // WIDEST)


def _of_nodes(sketch: Sketch, layout: Layout) -> Iterable[tuple[str, Iterable[Box]]]:
    for node in sketch.nodes:
        if node.name and node.kind in OUTSIDE:
            yield node.id, _beside(layout.shapes[node.id], *_size(node.name), kind=node.kind)


def _of_flows(sketch: Sketch, layout: Layout) -> Iterable[tuple[str, Iterable[Box]]]:
    for flow in sketch.flows:
        if flow.name:
            yield flow.id, _along(layout.routes[flow.id], *_size(flow.name))


def _beside(box: Box, width: int, height: int, *, kind: Kind) -> Iterable[Box]:
    """Yield the places around a shape, best first: gateways above, events below."""
    middle, left, right = box.centre.x - width // 2, box.x - width - NEAR, box.right + NEAR
    above, below, beside = box.y - height - NEAR, box.bottom + NEAR, box.centre.y - height // 2
    lower = box.bottom - height
    inner_left, inner_right = box.centre.x - width - NEAR, box.centre.x + NEAR
    places = {
        "above": Box(middle, above, width, height),
        "below": Box(middle, below, width, height),
        "above left": Box(inner_left, above, width, height),
        "above right": Box(inner_right, above, width, height),
        "below left": Box(inner_left, below, width, height),
        "below right": Box(inner_right, below, width, height),
        "right": Box(right, beside, width, height),
        "left": Box(left, beside, width, height),
        "lower right": Box(right, lower, width, height),
        "lower left": Box(left, lower, width, height),
    }
    if kind in {Kind.PARALLEL, Kind.EXCLUSIVE}:
        return places.values()
    first = ("lower left", "lower right") if kind is Kind.BOUNDARY else ("below",)
    return (*(places[place] for place in first), *places.values())


def _along(way: Sequence[Point], width: int, height: int) -> Iterable[Box]:
    """Yield the places beside each run, the first run's first, near its start."""
    for start, end in pairwise(way):
        if start.y == end.y:
            for x in (start.x + SLASH, end.x - width - SLASH):
                yield Box(x, start.y - height - NEAR, width, height)
                yield Box(x, start.y + NEAR, width, height)
        else:
            low, high = min(start.y, end.y) + SLASH, max(start.y, end.y) - height - SLASH
            for y in (low, high) if start.y < end.y else (high, low):
                yield Box(start.x + NEAR, y, width, height)
                yield Box(start.x - width - NEAR, y, width, height)


def _best(places: Sequence[Box], taken: Sequence[Box], lanes: Sequence[Box]) -> Box:
    """Return the place that covers least; the earlier of two that cover as much."""
    return min(places, key=lambda place: _covered(place, taken, lanes))


def _covered(place: Box, taken: Sequence[Box], lanes: Sequence[Box]) -> int:
    out = not any(lane.holds(place) for lane in lanes)
    return sum(place.meets(other) for other in taken) + out
