"""Placing a sketch on paper: columns by depth, rows by lane, blocks as grids, then the lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import networkx as nx

from bpmn._blocks import HEIGHT, WIDTH, Inside, inside
from bpmn._geometry import Box, Layout
from bpmn._labels import place_labels, text_length
from bpmn._routes import Grid, route
from bpmn.diagram import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bpmn._sketch import Node, Sketch

LEFT: Final = 160  # where other tools put the first shape, so that a menu does not cover it
TOP: Final = 80
CORNER: Final = 10  # from a host's corner to its boundary event
LANE_TITLE: Final = 30  # the strip with the turned name
INDENT: Final = 30  # from the strip to the first column
GAP: Final = 50  # between columns; the lines run here
PAD: Final = 14  # above and below the shapes of a row
LOWEST: Final = 92  # a row of events only: room for a name below
PAD_BOUNDARY: Final = 34  # more below a host: half the event, and the line that leaves it
TITLE_PAD: Final = 8  # before and after a lane's name

SIZES: Final = {
    Kind.START: (36, 36),
    Kind.END: (36, 36),
    Kind.BOUNDARY: (36, 36),
    Kind.PARALLEL: (50, 50),
    Kind.EXCLUSIVE: (50, 50),
    Kind.TASK: (WIDTH, HEIGHT),
    Kind.CALL: (WIDTH, HEIGHT),
}

# A column's number modulo 3 says what stands there, so that shapes of one sort stand in line:
# gateways that join right before the tasks, gateways that split right after them.
JOINS, TASKS, SPLITS, SORTS = 0, 1, 2, 3


def lay_out(sketch: Sketch) -> Layout:
    """Return the positions of everything in *sketch*, which must have no circle.

    Raises:
        networkx.NetworkXUnfeasible: If the flows form a circle.
    """
    blocks = {
        node.id: inside(sketch.children(node.id), _groups_of(sketch, node.id))
        for node in sketch.nodes
        if node.kind is Kind.BLOCK
    }
    sizes = {node.id: _size(node, blocks) for node in sketch.nodes if node.parent is None}
    columns = _columns(sketch, sizes)
    rows = _rows(sketch, sizes)
    shapes = _placed(sketch, sizes, columns, rows)
    shapes |= _attached(sketch, shapes)
    grid = Grid(
        gutters=tuple(band.start - GAP for band in columns.bands),
        gap=GAP,
        channels=tuple(row.span for row in rows.values()),
    )
    routes = route(sketch, shapes, grid)
    for block, content in blocks.items():
        shapes |= content.at(shapes[block])
    lanes = _lanes(sketch, rows, shapes)
    layout = Layout(shapes=shapes, lanes=lanes, routes=routes)
    return place_labels(sketch, layout)


@dataclass(frozen=True, slots=True)
class _Band:
    """A column or row between *start* and *end*; shapes are centred on *middle*."""

    start: int
    end: int
    middle: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns from the left, and the column of each node outside blocks."""

    bands: tuple[_Band, ...]
    of: Mapping[str, int]


def _groups_of(sketch: Sketch, block: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((group.id, group.members) for group in sketch.groups if group.block == block)


def _size(node: Node, blocks: Mapping[str, Inside]) -> tuple[int, int]:
    return blocks[node.id].size if node.id in blocks else SIZES[node.kind]


def _graph(sketch: Sketch) -> nx.DiGraph[str]:
    """Return the order of the nodes; a boundary event counts as its host."""
    stands_for = {node.id: node.host or node.id for node in sketch.nodes}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(stands_for[node.id] for node in sketch.nodes if node.parent is None)
    graph.add_edges_from((stands_for[f.source], stands_for[f.target]) for f in sketch.flows)
    return graph


def _columns(sketch: Sketch, sizes: Mapping[str, tuple[int, int]]) -> _Columns:
    graph = _graph(sketch)
    kinds = {node.id: node.kind for node in sketch.nodes}
    depth: dict[str, int] = {}
    for node in nx.lexicographical_topological_sort(graph):
        earliest = max((depth[before] + 1 for before in graph.predecessors(node)), default=0)
        depth[node] = earliest + (_sort(kinds[node], graph.in_degree(node)) - earliest) % SORTS
    used = {number: index for index, number in enumerate(sorted(set(depth.values())))}
    of = {node: used[number] for node, number in depth.items()}
    return _Columns(bands=_column_bands(graph, of, kinds, sizes), of=of)


def _sort(kind: Kind, ways_in: int) -> int:
    if kind not in {Kind.PARALLEL, Kind.EXCLUSIVE}:
        return TASKS
    return JOINS if ways_in > 1 else SPLITS


def _column_bands(
    graph: nx.DiGraph[str],
    of: Mapping[str, int],
    kinds: Mapping[str, Kind],
    sizes: Mapping[str, tuple[int, int]],
) -> tuple[_Band, ...]:
    """Return the columns; one that a block leads to starts right of the block.

    A block may be wider than its column: nothing else lies in its row.
    """
    bands: list[_Band] = []
    start = LEFT + LANE_TITLE + INDENT
    for column in range(max(of.values()) + 1):
        here = [node for node in of if of[node] == column]
        behind = (
            bands[of[before]].start + sizes[before][0] + GAP
            for node in here
            for before in graph.predecessors(node)
        )
        start = max(start, *behind, start)
        narrow = [sizes[node][0] for node in here if kinds[node] is not Kind.BLOCK]
        width = max(narrow, default=SIZES[Kind.TASK][0])
        bands.append(_Band(start, start + width, start + width // 2))
        start += width + GAP
    return tuple(bands)


def _rows(sketch: Sketch, sizes: Mapping[str, tuple[int, int]]) -> dict[tuple[str, int], _Band]:
    """Return the rows by lane and number, from above; rows of a lane follow each other."""
    hosts = {node.host for node in sketch.nodes if node.host}
    rows: dict[tuple[str, int], _Band] = {}
    top = TOP
    for lane in sketch.lanes:
        members = [node for node in sketch.nodes if node.lane == lane.id]
        count = max((node.row for node in members), default=0) + 1
        least = -(-(text_length(lane.name) + 2 * TITLE_PAD) // count)
        for number in range(count):
            row = [node for node in members if node.row == number]
            tallest = max((sizes[node.id][1] for node in row), default=0)
            below = PAD_BOUNDARY if any(node.id in hosts for node in row) else 0
            height = max(tallest + 2 * PAD, least, LOWEST)
            rows[lane.id, number] = _Band(top, top + height + below, top + height // 2)
            top += height + below
    return rows


def _placed(
    sketch: Sketch,
    sizes: Mapping[str, tuple[int, int]],
    columns: _Columns,
    rows: Mapping[tuple[str, int], _Band],
) -> dict[str, Box]:
    """Return the boxes of all nodes outside blocks, boundary events left out."""
    shapes: dict[str, Box] = {}
    for node in sketch.nodes:
        if node.parent is None and node.host is None and node.lane is not None:
            width, height = sizes[node.id]
            band = columns.bands[columns.of[node.id]]
            middle = rows[node.lane, node.row].middle
            x = band.start if node.kind is Kind.BLOCK else band.middle - width // 2
            shapes[node.id] = Box(x, middle - height // 2, width, height)
    return shapes


def _attached(sketch: Sketch, shapes: Mapping[str, Box]) -> dict[str, Box]:
    """Return the boxes of the boundary events, on the lower edges of their hosts.

    They start at the right: the middle of the edge belongs to the marker of a call.
    """
    width, height = SIZES[Kind.BOUNDARY]
    attached: dict[str, Box] = {}
    for host in dict.fromkeys(node.host for node in sketch.nodes if node.host):
        events = [node.id for node in sketch.nodes if node.host == host]
        box = shapes[host]
        for number, event in enumerate(events):
            x = box.right - width - CORNER - number * (width + CORNER)
            attached[event] = Box(x, box.bottom - height // 2, width, height)
    return attached


def _lanes(
    sketch: Sketch, rows: Mapping[tuple[str, int], _Band], shapes: Mapping[str, Box]
) -> dict[str, Box]:
    right = max(box.right for box in shapes.values()) + GAP
    return {
        lane.id: _lane([band for (name, _), band in rows.items() if name == lane.id], right)
        for lane in sketch.lanes
    }


def _lane(rows: Sequence[_Band], right: int) -> Box:
    top, bottom = rows[0].start, rows[-1].end
    return Box(LEFT, top, right - LEFT, bottom - top)
