"""The hard graph, item -> item that needs its document: circles, order, legal and planned pairs."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from workflows.catalogue.values import Catalogue

Edge = tuple[str, str]


class CycleError(ValueError):
    """Hard needs go in a circle, so that none of its items could ever be filed."""

    code = "catalogue.cycle"

    def __init__(self, cycle: tuple[str, ...]) -> None:
        """Keep the circle's items in order, each needed by the next, the last by the first."""
        self.cycle = cycle
        super().__init__(" -> ".join((*cycle, cycle[0])))


def edges(catalogue: Catalogue, codes: Collection[str]) -> tuple[Edge, ...]:
    """Return (before, after) for each item of *codes* that hard-needs a document of another.

    Sorted. An item that needs its own document is its own edge.
    """
    chosen = frozenset(codes)
    return tuple(
        sorted(
            {
                (producer.code, code)
                for code in chosen
                for document in catalogue.item(code).hard_needs
                for producer in catalogue.producers(document)
                if producer.code in chosen
            }
        )
    )


def cycles(catalogue: Catalogue) -> tuple[tuple[str, ...], ...]:
    """Return one circle of each knot of items that wait for one another; () when sound.

    Each starts with its smallest code. Knots that no single fact set brings together count too:
    a catalogue is refused for them as well, which is stricter than needed and simpler to mend.
    """
    graph = _graph(catalogue, catalogue.items)
    knots = [
        graph.subgraph(sorted(knot))
        for knot in nx.strongly_connected_components(graph)
        if len(knot) > 1 or graph.has_edge(*(2 * tuple(knot)))
    ]
    return tuple(sorted(_circle(knot) for knot in knots))


def ancestors(catalogue: Catalogue, codes: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Return, for each of *codes*, all of *codes* that must come before it."""
    graph = _graph(catalogue, codes)
    return {code: frozenset(nx.ancestors(graph, code)) for code in graph}


def related(catalogue: Catalogue, applicable: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Return, for each applicable item, those with a path to or from it; such may not be paired.

    Items that do not apply are no part of a path.
    """
    graph = _graph(catalogue, applicable)
    return {
        code: frozenset(nx.ancestors(graph, code) | nx.descendants(graph, code)) for code in graph
    }


def reduced(catalogue: Catalogue, codes: Collection[str]) -> tuple[Edge, ...]:
    """Return `edges` without those that follow from others (transitive reduction), sorted.

    Raises:
        CycleError: If there is a circle.
    """
    return tuple(sorted(nx.transitive_reduction(_acyclic(catalogue, codes)).edges))


def drawn(catalogue: Catalogue, codes: Collection[str]) -> tuple[Edge, ...]:
    """Return the order to draw among *codes*: `reduced`, less the edges that would hold too much.

    A drawn item that does not apply lets the token pass, and with it the wait for what comes
    before it. So an edge a -> b is left out when b may be passed over while an item behind b
    applies that has no other reason to wait for a. So is one between items that never meet in
    one flow type. Nothing is lost but a line of the picture:
    the hard need itself holds b.

    Raises:
        CycleError: If there is a circle.
    """
    graph = _acyclic(catalogue, codes)
    graph.remove_edges_from([edge for edge in graph.edges if not _meet(catalogue, edge)])
    kept = [edge for edge in graph.edges if not _holds_too_much(catalogue, graph, edge)]
    return tuple(sorted(nx.transitive_reduction(nx.DiGraph(kept)).edges))


def _meet(catalogue: Catalogue, edge: Edge) -> bool:
    """Return whether a flow type has both items."""
    first, second = (set(catalogue.item(code).flows) for code in edge)
    return bool(first & second)


def _holds_too_much(catalogue: Catalogue, graph: nx.DiGraph[str], edge: Edge) -> bool:
    before, passed = edge
    return any(
        _may_be_passed_over(catalogue, before, passed, after)
        and not _waits_anyway(catalogue, graph, before, after)
        for after in nx.descendants(graph, passed)
    )


def _waits_anyway(catalogue: Catalogue, graph: nx.DiGraph[str], before: str, after: str) -> bool:
    """Return whether a way leads from one to the other that no item on it breaks by not applying.

    It is not enough that another way is left: two items may not apply together.
    """
    sure = {
        code
        for code in graph
        if code in {before, after} or not _may_be_passed_over(catalogue, before, code, after)
    }
    return bool(nx.has_path(graph.subgraph(sure), before, after))


def _may_be_passed_over(catalogue: Catalogue, before: str, passed: str, after: str) -> bool:
    """Return whether *passed* may not apply where both others do; "yes" when in doubt."""
    item = catalogue.item(passed)
    shared = set(catalogue.item(before).flows) & set(catalogue.item(after).flows)
    return not shared <= set(item.flows) or (bool(shared) and item.applies is not None)


def planned_pairs(days: Mapping[str, int], illegal: Collection[frozenset[str]]) -> tuple[Edge, ...]:
    """Return the disjoint pairs that save most days against one after the other.

    A pair saves the shorter of its two. Pairs that save nothing are not made. Among plans that
    save as much, the one that holds the alphabetically first pair wins, then the second, and so
    on: the same input gives the same plan on every machine.

    Args:
        days: Item -> working days.
        illegal: Pairs that may not be made.

    >>> planned_pairs({"a": 9, "b": 8, "c": 2, "d": 1}, [])
    (('a', 'b'), ('c', 'd'))
    >>> planned_pairs({"a": 9, "b": 8, "c": 2, "d": 1}, [frozenset("ab")])
    (('a', 'c'), ('b', 'd'))
    """
    barred = frozenset(illegal)
    pairs = [
        pair
        for pair in combinations(sorted(days), 2)
        if frozenset(pair) not in barred and _saved(days, pair) > 0
    ]
    graph = nx.Graph()
    for rank, pair in enumerate(reversed(pairs)):
        # The days, then one bit for each pair: whole numbers as long as need be, so that the
        # best plan is unique and never hangs on the order in which the search runs.
        graph.add_edge(*pair, weight=(_saved(days, pair) << len(pairs)) | (1 << rank))
    return tuple(sorted((min(a, b), max(a, b)) for a, b in nx.max_weight_matching(graph)))


def _saved(days: Mapping[str, int], pair: Edge) -> int:
    return min(days[code] for code in pair)


def _graph(catalogue: Catalogue, codes: Collection[str]) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(codes))
    graph.add_edges_from(edges(catalogue, codes))
    return graph


def _acyclic(catalogue: Catalogue, codes: Collection[str]) -> nx.DiGraph[str]:
    graph = _graph(catalogue, codes)
    if not nx.is_directed_acyclic_graph(graph):
        raise CycleError(_circle(graph))
    return graph


def _circle(graph: nx.DiGraph[str]) -> tuple[str, ...]:
    found = [before for before, _ in nx.find_cycle(graph)]
    first = found.index(min(found))
    return (*found[first:], *found[:first])
