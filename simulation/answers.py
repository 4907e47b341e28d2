"""What a planner asks and what is answered, as plain values that JSON can hold."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.asked import scenario
from simulation.assumptions import assumed, supposed
from simulation.board import cards, offices
from simulation.cautions import cautions, moves_of
from simulation.compare import (
    Comparison,
    Difference,
    compare,
    differences_of,
    nothing,
    sampled,
)
from simulation.intervals import Interval, interval
from simulation.measures import measures
from simulation.model import model_of
from simulation.sensitivity import (
    Lever,
    changed,
    changes,
    levers,
    mean_days,
    ranking,
)
from simulation.spoken import called, worded
from simulation.sweeps import SPARING, THREADS
from simulation.verdicts import felt, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from simulation.measures import Measure
    from simulation.model import Model
    from simulation.scenario import Scenario
    from simulation.sweeps import Pool
    from workflows.catalogue.values import Catalogue, Name

    Progress = Callable[[float], None]
    Row = dict[str, Any]

LEVERS = 8  # of a part; each part runs what they are compared with, too
BATCH = 25  # replications of a part, at most
STEPS = 20  # in which a question is answered, about: so finely its progress is told


def what_if(question: Mapping[str, Any], catalogue: Catalogue, progress: Progress = nothing) -> Row:
    """Answer a question: {"scenario": ..., "compare": ..., "replications": N, "half_width": D}.

    Raises:
        ScenarioError: If a scenario is none, or contradicts itself.
        UnsupportedFeatureError, StuckCasesError: If it cannot be run.
    """
    before = scenario(question["scenario"], catalogue)
    after = scenario(question["compare"], catalogue, before)
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

    Both have the luck of *before*: else they could not be compared. A project that comes to both
    has the same luck in both, however many come.
    """
    models = model_of(before, catalogue), model_of(replace(after, seed=before.seed), catalogue)
    comparison = compare(
        *models,
        replications or before.replications,
        half_width=half_width,
        progress=progress,
        pool=pool,
    )
    return told(comparison, models, catalogue)


def told(comparison: Comparison, models: tuple[Model, Model], catalogue: Catalogue) -> Row:
    """Return a comparison as plain values, with all that it supposes and what stands against it."""
    before, after = models
    worse = frozenset(each.measure for each in comparison.worse)
    return {
        "before": comparison.before,
        "after": comparison.after,
        "replications": comparison.replications,
        "reached": comparison.reached,
        "differences": [_difference(each, worse) for each in comparison.differences],
        "worse": [
            found for each in comparison.worse if (found := _difference(each, worse))["felt"]
        ],
        "assumptions": {"before": supposed(before), "after": supposed(after)},
        "cautions": [
            *({"scenario": "before", **each} for each in _cautions(before, catalogue)),
            *({"scenario": "after", **each} for each in _cautions(after, catalogue)),
        ],
    }


def _cautions(model: Model, catalogue: Catalogue) -> list[Row]:
    return [
        {"item": each.item, **each.why.told("move.rule")}
        for each in cautions(model.scenario, catalogue)
    ]


def each_alone(
    several: Sequence[Scenario],
    catalogue: Catalogue,
    replications: int | None = None,
    pool: Pool = THREADS,
) -> Row:
    """Return the figures of each scenario by itself, as plain values."""
    return {"scenarios": [_alone(each, catalogue, replications, pool) for each in several]}


def _alone(one: Scenario, catalogue: Catalogue, replications: int | None, pool: Pool) -> Row:
    model = model_of(one, catalogue)
    found = sampled(model, range(replications or one.replications), pool)
    return {
        "name": one.name,
        "figures": [
            {"figure": measure.figure.value, "of": measure.of, **_bounded(interval(column))}
            for measure, column in zip(measures(model), found.T, strict=True)
        ],
        "assumptions": supposed(model),
    }


def _bounded(found: Interval) -> Row:
    return {"mean": found.mean, "low": found.low, "high": found.high}


def ranked(
    one: Scenario,
    catalogue: Catalogue,
    replications: int,
    progress: Progress = nothing,
    pool: Pool = THREADS,
) -> Row:
    """Return what a little change of each item and department brings, as plain values."""
    model = model_of(one, catalogue)
    return _ranked(model, replications, levers(model, replications, progress, pool))


def _ranked(model: Model, replications: int, found: Sequence[Lever]) -> Row:
    return {
        "scenario": model.scenario.name,
        "replications": replications,
        "levers": list(map(_lever, found)),
        "assumptions": supposed(model),
    }


def _lever(found: Lever) -> Row:
    return {
        "item": found.item,
        "department": found.department,
        **_interval(found.moved),
        "sure": found.sure,
    }


def _difference(each: Difference, worse: Collection[Measure]) -> Row:
    return {
        "figure": each.measure.figure.value,
        "of": each.measure.of,
        "before": each.before.mean,
        "after": each.after.mean,
        "bounds": {
            "before": [each.before.low, each.before.high],
            "after": [each.after.low, each.after.high],
        },
        **_interval(each.moved),
        "resolved": each.moved.resolved,
        "felt": felt(each),
        "verdict": verdict(each, worse).value,
    }


def _interval(found: Interval) -> Row:
    return {"moved": found.mean, "low": found.low, "high": found.high}


def batches(question: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts that a question is answered in, by number."""
    return tuple(map(str, range(ceil(question["replications"] / _size(question)))))


def _size(question: Mapping[str, Any]) -> int:
    """Return how many replications a part has."""
    asked: int = question["replications"]
    return min(BATCH, ceil(asked / STEPS))


def batch(question: Mapping[str, Any], catalogue: Catalogue, line: str) -> Row:
    """Return the figures of one part: {"before": [[...], ...], "after": ...}, by replication.

    Raises:
        ScenarioError, UnsupportedFeatureError, StuckCasesError: As `what_if`.
    """
    size = _size(question)
    first = int(line) * size
    numbers = range(first, min(first + size, question["replications"]))
    before, after = _models(question["scenario"], question["compare"], catalogue)
    return {
        "before": _plain(sampled(before, numbers, SPARING)),
        "after": _plain(sampled(after, numbers, SPARING)),
    }


def summed(
    question: Mapping[str, Any], catalogue: Catalogue, parts: Sequence[Mapping[str, Any]]
) -> Row:
    """Return what the parts say together, however many have been answered."""
    before, after = models = _models(question["scenario"], question["compare"], catalogue)
    first, second = (
        np.array([row for part in parts for row in part[side]], dtype=np.float64).reshape(
            -1, len(measures(model))
        )
        for side, model in zip(("before", "after"), models, strict=True)
    )
    comparison = Comparison(
        before=before.scenario.name,
        after=after.scenario.name,
        replications=len(first),
        differences=differences_of(models, first, second),
    )
    return told(comparison, models, catalogue)


def sheet(
    question: Mapping[str, Any], catalogue: Catalogue, places: Mapping[str, Name]
) -> list[Row]:
    """Return all that a question's two scenarios suppose, in words; a time is one line.

    Args:
        places: What townships are called, by code.
    """
    models = _models(question["scenario"], question["compare"], catalogue)
    before, after = ({each.name: each for each in assumed(model)} for model in models)
    return [
        {
            "name": name,
            "called": called(one, catalogue, places),
            "before": worded(before[name], catalogue) if name in before else None,
            "after": worded(after[name], catalogue) if name in after else None,
            "differs": before.get(name) != after.get(name),
        }
        for name, one in {**before, **after}.items()
        if one.value != {} or before.get(name) == after.get(name)  # else the other side says more
    ]


def board(one: Scenario, catalogue: Catalogue) -> Row:
    """Return a scenario as a planner's board, as plain values."""
    model = model_of(one, catalogue)
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
        "cautions": _cautions(model, catalogue),
        "moves": [each.name for each in moves_of(one.edits)],
    }


def lever_batches(question: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts in which levers are tried: {"scenario", "replications", "changes": N}."""
    return tuple(map(str, range(ceil(question["changes"] / LEVERS))))


def lever_batch(question: Mapping[str, Any], catalogue: Catalogue, line: str) -> Row:
    """Return what the changes of one part move: {"moved": [[...], ...]}, by replication."""
    model = _model(question["scenario"], catalogue)
    first = int(line) * LEVERS
    numbers = range(question["replications"])
    base = mean_days(model, numbers, SPARING)
    tried = [changed(model, each) for each in changes(model)[first : first + LEVERS]]
    return {
        "first": first,
        "moved": [(mean_days(each, numbers, SPARING) - base).tolist() for each in tried],
    }


def lever_ranking(
    question: Mapping[str, Any], catalogue: Catalogue, parts: Sequence[Mapping[str, Any]]
) -> Row:
    """Return the levers that have been tried, the one that saves most first."""
    model = _model(question["scenario"], catalogue)
    known = changes(model)
    found = [known[part["first"] + at] for part in parts for at in range(len(part["moved"]))]
    moved = [np.array(each) for part in parts for each in part["moved"]]
    return _ranked(model, question["replications"], ranking(found, moved))


@lru_cache(maxsize=8)
def _model(asked: str, catalogue: Catalogue) -> Model:
    return model_of(scenario(asked, catalogue), catalogue)


@lru_cache(maxsize=8)
def _models(before: str, after: str, catalogue: Catalogue) -> tuple[Model, Model]:
    first = _model(before, catalogue)
    return first, model_of(scenario(after, catalogue, first.scenario), catalogue)


def _plain(found: NDArray[np.float64]) -> list[list[float | None]]:
    return [[value if np.isfinite(value) else None for value in row] for row in found.tolist()]
