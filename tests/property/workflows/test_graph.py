"""Laws of the hard graph, over random orders among nine items, and of planned pairs."""

from dataclasses import replace
from itertools import combinations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from bpmn.conditions import parse
from tests.support.catalogues import shipped
from workflows.applicability import applicable
from workflows.catalogue.values import Catalogue, Need
from workflows.graph import ancestors, drawn, edges, planned_pairs, reduced, related

CODES = [item.code for item in shipped().items_of(3) if item.ordered]
CONDITIONS = [None, parse("residential"), parse("not residential"), parse("night_work")]
FACTS = st.fixed_dictionaries({"residential": st.booleans(), "night_work": st.booleans()})


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Draw the shipped catalogue with other order, flows and conditions among nine items."""
    items = dict(shipped().items)
    for at, code in enumerate(CODES):
        needed = draw(st.lists(st.sampled_from(CODES[:at]), unique=True)) if at else []
        items[code] = replace(
            items[code],
            flows=tuple(sorted(draw(st.sets(st.sampled_from([1, 2, 3]), min_size=1)))),
            applies=draw(st.sampled_from(CONDITIONS)),
            produces=(f"X{code}",),
            needs=tuple(Need(document=f"X{each}", hard=True, source="A") for each in needed),
        )
    return replace(shipped(), items={code: items[code] for code in CODES})


def _reach(pairs: tuple[tuple[str, str], ...]) -> "nx.DiGraph[str]":
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(CODES)
    graph.add_edges_from(pairs)
    return graph


def _said(catalogue: Catalogue) -> str:
    return "; ".join(
        f"{item.code} {item.flows} {item.applies} {item.hard_needs}"
        for item in catalogue.items.values()
    )


class TestDrawn:
    @given(catalogues(), st.sampled_from([1, 2, 3]), FACTS)
    def test_never_makes_an_item_wait_without_need(
        self, catalogue: Catalogue, flow: int, facts: dict[str, bool]
    ) -> None:
        codes = applicable(catalogue, flow, facts)
        needed = ancestors(catalogue, codes)
        picture = _reach(drawn(catalogue, CODES))

        for code in codes:
            assert nx.ancestors(picture, code) & codes <= needed[code], _said(catalogue)

    @given(catalogues())
    def test_is_reduced_and_made_of_hard_needs(self, catalogue: Catalogue) -> None:
        picture = drawn(catalogue, CODES)

        assert set(picture) <= set(edges(catalogue, CODES))
        assert set(nx.transitive_reduction(_reach(picture)).edges) == set(picture)


class TestReduced:
    @given(catalogues())
    def test_keeps_every_order(self, catalogue: Catalogue) -> None:
        graph = _reach(reduced(catalogue, CODES))

        before = ancestors(catalogue, CODES)

        assert all(nx.ancestors(graph, code) == before[code] for code in CODES)


class TestRelated:
    @given(catalogues())
    def test_is_mutual_and_never_with_oneself(self, catalogue: Catalogue) -> None:
        kin = related(catalogue, CODES)

        assert all(code in kin[other] for code in CODES for other in kin[code])
        assert all(code not in kin[code] for code in CODES)


DAYS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 9))
ILLEGAL = st.sets(st.sampled_from([frozenset(pair) for pair in combinations("abcdefg", 2)]))


def _plans(names: tuple[str, ...]) -> list[tuple[tuple[str, str], ...]]:
    if len(names) < 2:
        return [()]
    first, *rest = names
    plans = _plans(tuple(rest))
    for other in rest:
        left = tuple(name for name in rest if name != other)
        plans += [((first, other), *plan) for plan in _plans(left)]
    return plans


class TestPlannedPairs:
    @given(DAYS, ILLEGAL)
    def test_save_as_much_as_any_plan(
        self, days: dict[str, int], illegal: set[frozenset[str]]
    ) -> None:
        legal = [
            plan
            for plan in _plans(tuple(sorted(days)))
            if not any(frozenset(pair) in illegal for pair in plan)
        ]

        pairs = planned_pairs(days, illegal)

        best = max(sum(min(days[a], days[b]) for a, b in plan) for plan in legal)
        assert sum(min(days[a], days[b]) for a, b in pairs) == best
        assert pairs in legal

    @given(DAYS, ILLEGAL, st.randoms(use_true_random=False))
    def test_do_not_hang_on_the_order_of_the_input(
        self, days: dict[str, int], illegal: set[frozenset[str]], rng: object
    ) -> None:
        names = list(days)
        rng.shuffle(names)  # type: ignore[attr-defined]

        shuffled = planned_pairs({name: days[name] for name in names}, sorted(illegal, key=sorted))

        assert shuffled == planned_pairs(days, illegal)
