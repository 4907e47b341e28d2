"""What-if answers: how much common luck helps, and how long an answer takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.result import Goal, Result, Stopwatch, medians, versions
from simulation.compare import compare
from simulation.family import district, member
from simulation.measures import Figure
from simulation.model import model_of, variant
from simulation.sensitivity import levers
from tests.support.catalogues import shipped

if TYPE_CHECKING:
    from simulation.model import Model

GOAL = 20.0  # times less variance, on both changes
REPLICATIONS = 200
ANSWER = 500  # replications of an answer
COLD, WARM = 10.0, 2.0  # seconds
LEVERS, LEVER_REPLICATIONS, SENSITIVITY = 70, 20, 10.0
_COLD = """
import json, time
began = time.perf_counter()
from simulation.family import member
from simulation.compare import compare
from simulation.model import model_of
from workflows.catalogue.load import load
from engine.library import CATALOGUE
catalogue = load(CATALOGUE.read_text(encoding="utf-8"))
models = [model_of(member(name, catalogue), catalogue) for name in ("one_by_one", "rolling")]
compare(*models, 500)
print(json.dumps(time.perf_counter() - began))
"""


def run() -> Result:
    """Compare the variance of differences on common and on other luck, and time answers."""
    watch = Stopwatch()
    base = model_of(district(shipped()), shipped())
    ratios = {name: _ratio(base, other) for name, other in _changes(base).items()}
    rounds = [(ratio, 1.0) for ratio in ratios.values()]
    cold, warm, spent, count = _cold(), _warm(), *_sensitivity(base)
    return Result(
        name="whatif",
        goal=GOAL,
        checked="a scenario differs from itself by nought",
        unit="times the variance of other luck",
        versions=versions("numba", "numpy"),
        rounds=rounds,
        notes=(
            ", ".join(f"{name}: x{ratio:.0f}" for name, ratio in ratios.items()),
            f"an answer: {ANSWER} replications of two scenarios, 250 projects each",
            f"sensitivity: {count} scenarios in {spent:.1f} CPU seconds, told for {LEVERS}",
        ),
        goals=(
            Goal(name="variance ratio, the smaller", value=min(ratios.values()), wanted=GOAL),
            Goal(name="first answer, seconds", value=cold, wanted=COLD, most=True),
            Goal(name="warm answer, seconds", value=warm, wanted=WARM, most=True),
            Goal(
                name=f"sensitivity of {LEVERS}, CPU seconds",
                value=spent * LEVERS / count,
                wanted=SENSITIVITY,
                most=True,
            ),
        ),
        more={"ratios": ratios, "cold_s": cold, "warm_s": warm, "sensitivity_cpu_s": spent},
        **medians(rounds),
        **watch.spent(),
    )


def _changes(base: Model) -> dict[str, Model]:
    """Return one more reviewer where most days are waited in all, and one faster item."""
    itself = compare(base, base, 10)
    if any(each.moved.mean for each in itself.differences):
        raise RuntimeError("a scenario differs from itself")
    waits = [d for d in itself.differences if d.measure.figure is Figure.DEPARTMENT]
    items = Counter(row.department for rows in base.kinds for row in rows)
    busiest = max(
        waits, key=lambda each: (each.before.mean or 0.0) * items[each.measure.of]
    ).measure.of
    known = base.scenario.departments[busiest]
    more = replace(known, reviewers=(known.reviewers or 0) + 1)
    return {
        f"one more reviewer in {busiest}": variant(base, departments={busiest: more}),
        "S1-08 a fifth faster": variant(base, factors={"S1-08": 0.8}),
    }


def _ratio(base: Model, other: Model) -> float:
    """Return the variance of the difference on independent luck by that on common luck."""
    found = compare(base, other, REPLICATIONS).of(Figure.DAYS).variance_ratio
    return float("inf") if found is None else found


def _cold() -> float:
    """Return the seconds of a new process to its first answer; the machine code is there."""
    told = subprocess.run([sys.executable, "-c", _COLD], capture_output=True, check=True)
    return float(json.loads(told.stdout))


def _warm() -> float:
    models = [model_of(member(name, shipped()), shipped()) for name in ("one_by_one", "rolling")]
    began = time.perf_counter()
    compare(models[0], models[1], ANSWER)
    return time.perf_counter() - began


def _sensitivity(base: Model) -> tuple[float, int]:
    """Return the CPU seconds of all levers, and how many there are."""
    began = time.process_time()
    found = levers(base, LEVER_REPLICATIONS)
    return time.process_time() - began, len(found)
