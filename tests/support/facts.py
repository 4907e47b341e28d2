"""Random consistent fact sets: with a random generator, or drawn by Hypothesis."""

from collections.abc import Mapping
from random import Random

from hypothesis import strategies as st

from workflows.catalogue import fact_sets as library
from workflows.catalogue.values import Catalogue

Facts = Mapping[str, bool | str]


def random_facts(catalogue: Catalogue, flow: int, rng: Random) -> Facts:
    """Return facts that answer every question that matters and contradict nothing."""
    facts = library.random_facts(catalogue, flow, rng)
    assert facts is not None, f"no facts fit flow {flow}"
    return facts


def fact_sets(catalogue: Catalogue, flow: int) -> st.SearchStrategy[Facts]:
    """Draw what `random_facts` returns; shrinks towards "no" and the first choices."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Facts:
        facts = library.completed(
            catalogue,
            flow,
            {},
            lambda values: draw(st.permutations(sorted(values, key=lambda value: value is True))),
        )
        assert facts is not None, f"no facts fit flow {flow}"
        return facts

    return drawn()
