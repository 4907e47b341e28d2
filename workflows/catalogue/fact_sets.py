"""Fact sets without gaps and contradictions, one or many: for the publish check and generators."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from workflows.applicability import contradictions, missing_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from workflows.catalogue.values import Catalogue

    Facts = Mapping[str, bool | str]
    Order = Callable[[Sequence[bool | str]], Sequence[bool | str]]


def completed(catalogue: Catalogue, flow: int, facts: Facts, order: Order) -> Facts | None:
    """Answer every question that matters beyond *facts*; None when no answer is consistent.

    Args:
        order: Is given the values of a question and returns them in the order to be tried.
    """
    if contradictions(catalogue, flow, facts):
        return None
    missing = missing_facts(catalogue, flow, facts)
    if not missing:
        return dict(facts)
    question = catalogue.facts[missing[0]]
    tries = (
        completed(catalogue, flow, {**facts, question.code: value}, order)
        for value in order(question.values)
    )
    return next((found for found in tries if found is not None), None)


def random_facts(catalogue: Catalogue, flow: int, rng: Random) -> Facts | None:
    """Return a random consistent fact set of *flow*; None when the flow has none."""
    return completed(catalogue, flow, {}, lambda values: rng.sample(values, len(values)))


def samples(catalogue: Catalogue, flow: int, number: int, seed: int) -> Iterator[Facts]:
    """Yield consistent fact sets: the two plainest (all yes, all no), then *number* random ones.

    Nothing is yielded for a flow that no facts fit.
    """
    for order in (tuple, _backwards):
        plain = completed(catalogue, flow, {}, order)
        if plain is not None:
            yield plain
    rng = Random(seed)  # noqa: S311 - a repeatable sample, no secret
    for _ in range(number):
        drawn = random_facts(catalogue, flow, rng)
        if drawn is None:
            return
        yield drawn


def _backwards(values: Sequence[bool | str]) -> Sequence[bool | str]:
    return values[::-1]
