"""What a planner asks and what is answered, as plain values that JSON can hold."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.board import cards, offices
from simulation.check import checked
from simulation.compare import (
    Comparison,
    Difference,
    compare,
    differences_of,
    nothing,
    sampled,
)
from simulation.errors import ScenarioError
from simulation.family import FAMILY, district, member
from simulation.files import assumptions, load, scenario_of
from simulation.intervals import Interval, interval
from simulation.measures import Figure, measures
from simulation.model import model_of
from simulation.sensitivity import Lever, changed, changes, levers, mean_days, ranking
from simulation.sweeps import THREADS
from workflows.catalogue.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from simulation.model import Model
    from simulation.scenario import Scenario
    from simulation.sweeps import Pool
    from workflows.catalogue.values import Catalogue

    Progress = Callable[[float], None]
    Row = dict[str, Any]

DISTRICT = "district"
LEVERS = 8  # of a part; each part runs what they are compared with, too
BATCH = 25  # replications of a part: between two, a job can be called off


def scenario(asked: object, catalogue: Catalogue) -> Scenario:
    """Return a scenario by the name of a built-in one, from a file's text or from its tree.

    Raises:
        ScenarioError: If it is none, or contradicts itself.
    """
    if not isinstance(asked, str):
        return checked(scenario_of(asked, catalogue), catalogue)
    if asked == DISTRICT:
        return district(catalogue)
    if asked in FAMILY:
        return member(asked, catalogue)
    if "=" not in asked and "{" not in asked:
        params = {"name": asked, "known": ", ".join((DISTRICT, *FAMILY))}
        raise ScenarioError([Finding(code="scenario.base_unknown", params=params)])
    return checked(load(asked, catalogue), catalogue)


def runnable(asked: str, catalogue: Catalogue) -> Scenario:
    """Return a scenario that the kernel can run.

    Raises:
        ScenarioError, UnsupportedFeatureError: If it is none, contradicts itself or cannot be run.
    """
    return _model(asked, catalogue).scenario


def what_if(question: Mapping[str, Any], catalogue: Catalogue, progress: Progress = nothing) -> Row:
    """Answer a question: {"scenario": ..., "compare": ..., "replications": N, "half_width": D}.

    Raises:
        ScenarioError: If a scenario is none, or contradicts itself.
        UnsupportedFeatureError, StuckCasesError: If it cannot be run.
    """
    before = scenario(question["scenario"], catalogue)
    after = scenario(question["compare"], catalogue)
    return compared(
        before,
        after,
        catalogue,
        replications=question.get("replications"),
        half_width=question.get("half_width"),
        progress=progress,
    )


def compared(  # noqa: PLR0913 - two scenarios and how to compare them
    before: Scenario,
    after: Scenario,
    catalogue: Catalogue,
    *,
    replications: int | None = None,
    half_width: float | None = None,
    progress: Progress = nothing,
    pool: Pool = THREADS,
) -> Row:
    """Return the comparison of two scenarios, with everything that both suppose.

    Their projects and their luck are those of *before*: else they could not be compared.
    """
    after = replace(after, arrivals=before.arrivals, seed=before.seed)
    comparison = compare(
        model_of(before, catalogue),
        model_of(after, catalogue),
        replications or before.replications,
        half_width=half_width,
        progress=progress,
        pool=pool,
    )
    return {
        **told(comparison),
        "assumptions": {"before": _listed(before), "after": _listed(after)},
    }


def told(comparison: Comparison) -> Row:
    """Return a comparison as plain values."""
    return {
        "before": comparison.before,
        "after": comparison.after,
        "replications": comparison.replications,
        "reached": comparison.reached,
        "differences": [_difference(each) for each in comparison.differences],
        "worse": [_difference(each) for each in comparison.worse],
    }


def alone(
    one: Scenario,
    catalogue: Catalogue,
    replications: int | None = None,
    pool: Pool = THREADS,
) -> dict[tuple[Figure, str], Interval]:
    """Return the figures of one scenario by itself."""
    model = model_of(one, catalogue)
    found = sampled(model, range(replications or one.replications), pool)
    return {
        (measure.figure, measure.of): interval(found[:, at])
        for at, measure in enumerate(measures(model))
    }


def ranked(
    one: Scenario,
    catalogue: Catalogue,
    replications: int,
    progress: Progress = nothing,
    pool: Pool = THREADS,
) -> list[Row]:
    """Return what a little change of each item and department brings, as plain values."""
    return list(map(_lever, levers(model_of(one, catalogue), replications, progress, pool)))


def _lever(found: Lever) -> Row:
    return {
        "item": found.item,
        "department": found.department,
        **_interval(found.moved),
        "sure": found.sure,
    }


def _difference(each: Difference) -> Row:
    return {
        "figure": each.measure.figure.value,
        "of": each.measure.of,
        "before": each.before.mean,
        "after": each.after.mean,
        **_interval(each.moved),
        "resolved": each.moved.resolved,
    }


def _interval(found: Interval) -> Row:
    return {"moved": found.mean, "low": found.low, "high": found.high}


def _listed(one: Scenario) -> Row:
    return dict(assumptions(one))


def batches(question: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts that a question is answered in, by number."""
    return tuple(map(str, range(ceil(question["replications"] / BATCH))))


def batch(question: Mapping[str, Any], catalogue: Catalogue, line: str) -> Row:
    """Return the figures of one part: {"before": [[...], ...], "after": ...}, by replication.

    Raises:
        ScenarioError, UnsupportedFeatureError, StuckCasesError: As `what_if`.
    """
    first = int(line) * BATCH
    numbers = range(first, min(first + BATCH, question["replications"]))
    before, after = _models(question["scenario"], question["compare"], catalogue)
    return {"before": _plain(sampled(before, numbers)), "after": _plain(sampled(after, numbers))}


def summed(
    question: Mapping[str, Any], catalogue: Catalogue, parts: Sequence[Mapping[str, Any]]
) -> Row:
    """Return what the parts say together, however many have been answered."""
    before, after = _models(question["scenario"], question["compare"], catalogue)
    size = len(measures(before))
    samples = [
        np.array([row for part in parts for row in part[side]], dtype=np.float64).reshape(-1, size)
        for side in ("before", "after")
    ]
    comparison = Comparison(
        before=before.scenario.name,
        after=after.scenario.name,
        replications=len(samples[0]),
        differences=differences_of(before, *samples),
    )
    return {
        **told(comparison),
        "assumptions": {"before": _listed(before.scenario), "after": _listed(after.scenario)},
    }


def board(asked: str, catalogue: Catalogue) -> Row:
    """Return a scenario as a planner's board, as plain values.

    Raises:
        ScenarioError, UnsupportedFeatureError: As `what_if`.
    """
    model = _model(asked, catalogue)
    one = model.scenario
    return {
        "name": one.name,
        "policy": one.pairing.policy.value,
        "mode": one.pairing.mode.value,
        "slots": one.pairing.slots or None,
        "precheck": one.agents.precheck,
        "committed": one.chances.committed,
        "supplement": one.chances.supplement,
        "projects": one.arrivals.projects,
        "replications": one.replications,
        "items": cards(model, catalogue),
        "departments": offices(model),
    }


def lever_changes(asked: str, catalogue: Catalogue) -> int:
    """Return how many levers there are; `lever_batches` parts them.

    Raises:
        ScenarioError, UnsupportedFeatureError: As `what_if`.
    """
    return len(changes(_model(asked, catalogue)))


def lever_batches(question: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts in which levers are tried: {"scenario", "replications", "changes": N}."""
    return tuple(map(str, range(ceil(question["changes"] / LEVERS))))


def lever_batch(question: Mapping[str, Any], catalogue: Catalogue, line: str) -> Row:
    """Return what the changes of one part move: {"moved": [[...], ...]}, by replication."""
    model = _model(question["scenario"], catalogue)
    first = int(line) * LEVERS
    numbers = range(question["replications"])
    base = mean_days(model, numbers)
    tried = changes(model)[first : first + LEVERS]
    return {
        "first": first,
        "moved": [(mean_days(changed(model, each), numbers) - base).tolist() for each in tried],
    }


def lever_ranking(
    question: Mapping[str, Any], catalogue: Catalogue, parts: Sequence[Mapping[str, Any]]
) -> list[Row]:
    """Return the levers that have been tried, the one that saves most first."""
    known = changes(_model(question["scenario"], catalogue))
    found = [known[part["first"] + at] for part in parts for at in range(len(part["moved"]))]
    moved = [np.array(each) for part in parts for each in part["moved"]]
    return list(map(_lever, ranking(found, moved)))


@lru_cache(maxsize=8)
def _model(asked: str, catalogue: Catalogue) -> Model:
    return model_of(scenario(asked, catalogue), catalogue)


@lru_cache(maxsize=8)
def _models(before: str, after: str, catalogue: Catalogue) -> tuple[Model, Model]:
    first, second = scenario(before, catalogue), scenario(after, catalogue)
    second = replace(second, arrivals=first.arrivals, seed=first.seed)
    return model_of(first, catalogue), model_of(second, catalogue)


def _plain(found: NDArray[np.float64]) -> list[list[float | None]]:
    return [[value if np.isfinite(value) else None for value in row] for row in found.tolist()]
