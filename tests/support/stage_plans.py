"""Random stages to draw."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
from hypothesis import strategies as st

from bpmn.plan import ItemPlan, StagePlan

DEPARTMENTS = {
    "housing": "住房和城乡建设委员会",
    "water": "水务局",
    "drawing_review": "施工图审查机构",
    "owner": "建设单位",
}
KINDS = ("item_standard", "item_commitment", "item_review", "item_utility")
NAMES = st.text(alphabet="建设工程规划许可证核发()/", min_size=1, max_size=25)
MOST = 30  # the largest shipped block has ten children


@st.composite
def stage_plans(draw: st.DrawFn, number: int = 1, *, ordered: int = 9) -> StagePlan:
    """Draw a stage: up to *ordered* ordered items in random order, blocks of any size."""
    codes = iter(f"S{number}-{running:02}" for running in range(1, 100))
    mandated = tuple(item_plan(draw, next(codes)) for _ in range(draw(st.integers(0, ordered))))
    edges = _edges(draw, [item.code for item in mandated])
    pairable = tuple(item_plan(draw, next(codes)) for _ in range(draw(st.integers(0, MOST))))
    least = 0 if mandated or pairable else 1
    free = tuple(item_plan(draw, next(codes)) for _ in range(draw(st.integers(least, MOST))))
    return StagePlan(
        number=number,
        name="施工许可",
        ordered=mandated,
        edges=edges,
        pairable=pairable,
        free=free,
        join="all" if mandated else None,
    )


def item_plan(draw: st.DrawFn, code: str) -> ItemPlan:
    """Draw one item."""
    department = draw(st.sampled_from(sorted(DEPARTMENTS)))
    return ItemPlan(
        code=code,
        name=draw(NAMES),
        department=department,
        lane=DEPARTMENTS[department],
        kind=draw(st.sampled_from(KINDS)),
        applies=draw(st.sampled_from((None, "flow in [1, 2]"))),
        needs=draw(st.sampled_from(((), ("D01",), ("D01", "D02")))),
        milestone=draw(st.booleans()),
        inspection=draw(st.booleans()),
    )


def _edges(draw: st.DrawFn, codes: list[str]) -> tuple[tuple[str, str], ...]:
    """Draw an order without circles, reduced; the codes are shuffled first."""
    graph = nx.DiGraph()
    pairs = list(combinations(draw(st.permutations(codes)), 2))
    if pairs:
        graph.add_edges_from(draw(st.lists(st.sampled_from(pairs), max_size=12)))
    return tuple(sorted(nx.transitive_reduction(graph).edges))
