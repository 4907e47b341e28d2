"""Drawing the flows: of all orthogonal ways with few bends the one that disturbs least.

A way never runs through a shape: between two columns and between two rows there is always room.
Flows from one source, or to one target, may share a line; others keep apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import pairwise, product
from typing import TYPE_CHECKING, Final

from bpmn._geometry import Box, Point
from bpmn.diagram import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bpmn._sketch import Flow, Sketch


CLEAR: Final = 4  # a line keeps this from shapes that are not its own
APART: Final = 8  # unrelated lines side by side keep this
TRACKS: Final = (25, 15, 35)  # where lines run in the gap before a column, best first
RUNGS: Final = (7, 14, 21)  # where lines run along the border of a row

Way = tuple[Point, ...]

HIT, SHARED, BESIDE, CROSSING, BEND = 1_000_000, 5_000, 100, 12, 30
UNIT: Final = 10  # so much length weighs 1


class Side(StrEnum):
    """Where a line leaves or enters a shape."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where lines may run: the left ends of the gaps before columns, the spans of the rows."""

    gutters: tuple[int, ...]
    gap: int
    channels: tuple[tuple[int, int], ...]

    def tracks(self, left: int, right: int) -> list[int]:
        """Return the x of vertical tracks strictly between, the last gap's first."""
        gutters = [gutter for gutter in reversed(self.gutters) if left <= gutter < right]
        return [
            gutter + track
            for gutter in gutters
            for track in TRACKS
            if left < gutter + track < right
        ]

    def rungs(self) -> list[int]:
        """Return the y of horizontal tracks beside the borders of all rows."""
        return [
            y
            for top, bottom in self.channels
            for rung in RUNGS
            for y in (top + rung, bottom - rung)
        ]


@dataclass(frozen=True, slots=True)
class _Run:
    """One straight piece of a drawn flow."""

    flow: Flow
    line: Box


def route(sketch: Sketch, shapes: Mapping[str, Box], grid: Grid) -> dict[str, tuple[Point, ...]]:
    """Return the waypoints of every flow by its id; short flows choose first."""
    kinds = {node.id: node.kind for node in sketch.nodes}
    hosts = {node.id: node.host for node in sketch.nodes if node.host}
    routes: dict[str, tuple[Point, ...]] = {}
    drawn: list[_Run] = []
    for flow in sorted(sketch.flows, key=lambda flow: _rank(flow, shapes)):
        own = {flow.source, flow.target, hosts.get(flow.source, flow.source)}
        others = [box.grown(CLEAR) for name, box in shapes.items() if name not in own]
        ends = [shapes[name] for name in own]
        source = (kinds[flow.source], shapes[flow.source])
        target = (kinds[flow.target], shapes[flow.target])
        cost = partial(_cost, flow, shapes=(others, ends), drawn=drawn)
        way = min(_simple(source, target, grid), key=cost, default=None)
        if way is None or cost(way) >= SHARED:
            ways = (*filter(None, [way]), *_around(source, target, grid))
            way = min(ways, key=cost)
        routes[flow.id] = way
        drawn += [_Run(flow, Box.around(start, end)) for start, end in pairwise(way)]
    return routes


def _rank(flow: Flow, shapes: Mapping[str, Box]) -> tuple[int, int, str]:
    start, end = shapes[flow.source].centre, shapes[flow.target].centre
    return abs(end.y - start.y), abs(end.x - start.x), flow.id


def _exits(kind: Kind) -> tuple[Side, ...]:
    match kind:
        case Kind.BOUNDARY:
            return (Side.BOTTOM,)
        case Kind.PARALLEL | Kind.EXCLUSIVE | Kind.START:
            return (Side.RIGHT, Side.BOTTOM, Side.TOP)
        case _:
            return (Side.RIGHT,)


def _entries(kind: Kind) -> tuple[Side, ...]:
    match kind:
        case Kind.PARALLEL | Kind.EXCLUSIVE:
            return (Side.LEFT, Side.BOTTOM, Side.TOP)
        case _:
            return (Side.LEFT,)


def _point(box: Box, side: Side) -> Point:
    match side:
        case Side.LEFT:
            return Point(box.x, box.centre.y)
        case Side.RIGHT:
            return Point(box.right, box.centre.y)
        case Side.TOP:
            return Point(box.centre.x, box.y)
        case Side.BOTTOM:
            return Point(box.centre.x, box.bottom)


def _beyond(side: Side, point: Point, y: int) -> bool:
    """Tell whether a vertical line from *point* on *side* may go to *y*."""
    return y > point.y if side is Side.BOTTOM else y < point.y


_Kinded = tuple[Kind, Box]


def _simple(source: _Kinded, target: _Kinded, grid: Grid) -> Iterable[Way]:
    """Yield the ways of at most three runs."""
    for leave, enter in product(_exits(source[0]), _entries(target[0])):
        a, b = _point(source[1], leave), _point(target[1], enter)
        match leave, enter:
            case Side.RIGHT, Side.LEFT if a.y == b.y:
                yield a, b
            case Side.RIGHT, Side.LEFT:
                for x in grid.tracks(a.x, b.x):
                    yield a, Point(x, a.y), Point(x, b.y), b
            case Side.RIGHT, _ if _beyond(enter, b, a.y):
                yield a, Point(b.x, a.y), b
            case _, Side.LEFT if _beyond(leave, a, b.y):
                yield a, Point(a.x, b.y), b
            case ((Side.TOP | Side.BOTTOM), (Side.TOP | Side.BOTTOM)):
                for y in grid.rungs():
                    if _beyond(leave, a, y) and _beyond(enter, b, y):
                        yield a, Point(a.x, y), Point(b.x, y), b
            case _:
                pass


def _around(source: _Kinded, target: _Kinded, grid: Grid) -> Iterable[Way]:
    """Yield the ways along a row's border: one always exists that meets no shape."""
    for leave, enter in product(_exits(source[0]), _entries(target[0])):
        a, b = _point(source[1], leave), _point(target[1], enter)
        tracks = grid.tracks(a.x, b.x)
        first, last = tracks[-len(TRACKS) :], tracks[: len(TRACKS)]
        for y in grid.rungs():
            match leave, enter:
                case Side.RIGHT, Side.LEFT:
                    for x, z in product(first, last):
                        if x < z:
                            yield a, Point(x, a.y), Point(x, y), Point(z, y), Point(z, b.y), b
                case Side.RIGHT, _ if _beyond(enter, b, y):
                    for x in first:
                        yield a, Point(x, a.y), Point(x, y), Point(b.x, y), b
                case ((Side.TOP | Side.BOTTOM), Side.LEFT) if _beyond(leave, a, y):
                    for z in last:
                        yield a, Point(a.x, y), Point(z, y), Point(z, b.y), b
                case _:
                    pass


def _cost(
    flow: Flow,
    way: Way,
    *,
    shapes: tuple[Sequence[Box], Sequence[Box]],
    drawn: Sequence[_Run],
) -> int:
    """Return how much the way disturbs; *shapes* are the others, and its own ends."""
    others, ends = shapes
    cost = BEND * (len(way) - 2)
    for start, end in pairwise(way):
        line = Box.around(start, end)
        cost += (line.width + line.height) // UNIT
        cost += HIT * sum(_cuts(line, box) for box in (*others, *ends))
        cost += sum(_friction(flow, line, run) for run in drawn)
    return cost


def _cuts(line: Box, box: Box) -> bool:
    """Tell whether the line runs through the inside of *box*."""
    if line.width:
        return line.x < box.right and box.x < line.right and box.y < line.y < box.bottom
    return line.y < box.bottom and box.y < line.bottom and box.x < line.x < box.right


def _friction(flow: Flow, line: Box, run: _Run) -> int:
    """Return how much *line*, a piece of *flow*, disturbs what is drawn already."""
    other = run.line
    if not _near(line, other):
        return 0
    related = flow.source == run.flow.source or flow.target == run.flow.target
    if bool(line.width) != bool(other.width):
        return 0 if related or not _cross(line, other) else CROSSING
    aside = abs(line.y - other.y) if line.width else abs(line.x - other.x)
    if not _along(line, other):
        return 0
    if not related:
        return SHARED
    # Ways of a choice keep apart, so that each name stands at its own line.
    chosen = flow.name and run.flow.name and flow.source == run.flow.source
    return BESIDE if aside or chosen else 0


def _near(one: Box, two: Box) -> bool:
    return (
        one.x < two.right + APART
        and two.x < one.right + APART
        and one.y < two.bottom + APART
        and two.y < one.bottom + APART
    )


def _cross(one: Box, two: Box) -> bool:
    return one.x <= two.right and two.x <= one.right and one.y <= two.bottom and two.y <= one.bottom


def _along(one: Box, two: Box) -> bool:
    """Tell whether two parallel runs lie side by side for more than a point."""
    if one.width or two.width:
        return one.x < two.right and two.x < one.right
    return one.y < two.bottom and two.y < one.bottom
