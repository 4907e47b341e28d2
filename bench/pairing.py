"""The best pairs of stages with an order and exclusions, proved, beside the greedy choice."""

from __future__ import annotations

import random
import time
from dataclasses import asdict
from itertools import combinations
from statistics import mean, median

from bench.result import Goal, Result, Stopwatch
from simulation.optimise.beside import Beside, side_by_side
from simulation.optimise.pairs import best_pairs, greedy
from simulation.optimise.problem import Problem
from simulation.optimise.rolling import best_rolling

MOST_MS = 200.0
SIZES = (8, 15, 20, 30, 40)
EACH = 4  # instances of a size: twenty in all
_BARRED = 0.3  # of all pairs
_NEEDS = 2.0  # by the items: the chance that of two the first must end before the other


def run() -> Result:
    """Check every plan against its problem, then say what a proof takes.

    Raises:
        RuntimeError: If a plan breaks a rule, or says other days than it takes.
    """
    watch = Stopwatch()
    problems = instances()
    best_pairs(problems[0])  # the solver is loaded
    spent = [_spent(each) for each in problems]
    beside = [side_by_side(each) for each in problems]
    for problem, found in zip(problems, beside, strict=True):
        _check(problem, found)
    proved = sum(each.best.proved for each in beside)
    rounds = [(1 / pairs, 1 / by_greed) for pairs, by_greed, _ in spent]
    took = sorted(1000 * pairs for pairs, _, _ in spent)
    return watch.result(
        "pairing",
        goal=0.0,
        checked=f"{len(problems)} plans keep order and exclusions and take the days they say",
        unit="plans/s of CPU; peer: greedy, without proof",
        packages=("ortools", "networkx"),
        rounds=rounds,
        notes=(
            f"{EACH} instances each of {', '.join(map(str, SIZES))} items, 1 to 20 days each",
            f"{_BARRED:.0%} of the pairs barred, about one order for each item",
            "a ratio below 1 is the price of the proof: the goal is its time, not the ratio",
            "side_by_side: each way's days by those of one by one, mean of the instances of a size",
        ),
        goals=(
            Goal(name="proof, median CPU ms", value=median(took), wanted=MOST_MS, most=True),
            Goal(name="proved", value=proved, wanted=len(problems)),
        ),
        more={
            "most_ms": took[-1],
            "rolling_median_ms": median(1000 * rolling for _, _, rolling in spent),
            "rolling_proved": sum(each.rolling.proved for each in beside),
            "side_by_side": {size: _shares(size, problems, beside) for size in SIZES},
        },
    )


def instances() -> list[Problem]:
    """Return the stated instances: the same on every machine."""
    return [_instance(size, number) for size in SIZES for number in range(EACH)]


def _instance(size: int, number: int) -> Problem:
    luck = random.Random(1000 * size + number)
    codes = [f"S1-{place:02d}" for place in range(1, size + 1)]
    two = list(combinations(codes, 2))
    return Problem(
        days={code: luck.randint(1, 20) for code in codes},
        before=frozenset(pair for pair in two if luck.random() < _NEEDS / size),
        barred=frozenset(frozenset(pair) for pair in two if luck.random() < _BARRED),
    )


def _spent(problem: Problem) -> tuple[float, float, float]:
    """Return the CPU seconds of the best pairs, the greedy ones and the best rolling plan."""
    start = time.process_time()
    best_pairs(problem)
    pairs = time.process_time()
    greedy(problem)
    by_greed = time.process_time()
    best_rolling(problem)
    return pairs - start, by_greed - pairs, time.process_time() - by_greed


def _check(problem: Problem, found: Beside) -> None:
    apart = problem.apart()
    place = {code: at for at, each in enumerate(found.best.rounds) for code in each}
    days = sum(max(problem.days[code] for code in each) for each in found.best.rounds)
    kept = all(place[a] < place[b] for a, b in problem.before)
    legal = not any(frozenset(pair) in apart for pair in found.best.pairs)
    if not (kept and legal and days == found.best.total and place.keys() == problem.days.keys()):
        message = f"no plan of its problem: {asdict(found.best)}"
        raise RuntimeError(message)


def _shares(size: int, problems: list[Problem], beside: list[Beside]) -> dict[str, float]:
    mine = [
        (problem.total, found)
        for problem, found in zip(problems, beside, strict=True)
        if len(problem.days) == size
    ]
    return {
        "random": mean(found.by_lot / total for total, found in mine),
        "greedy": mean(found.greedy.total / total for total, found in mine),
        "best": mean(found.best.total / total for total, found in mine),
        "rolling": mean(found.rolling.total / total for total, found in mine),
        "free": mean(found.free / total for total, found in mine),
    }
