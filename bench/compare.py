"""Two scenarios on common luck: how much less their difference varies, and what ranking all costs.

One more reviewer goes to the department that is busiest by measurement, in a district with a fifth
of the projects and of the people: in the whole one so many reviewers share the work that nobody
waits for the busiest, and one more moves nothing. The department that most days are waited for
stands beside it. Ranking is measured on the whole district.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.result import Goal, Result, Stopwatch
from simulation.compare import Difference, compare
from simulation.family import district, staffed
from simulation.measures import Figure
from simulation.model import model_of, variant
from simulation.sensitivity import busiest, levers, utilisation
from tests.support.catalogues import shipped

if TYPE_CHECKING:
    from simulation.model import Model

GOAL = 20.0  # times less variance, on both changes
REPLICATIONS = 200
LEVERS, LEVER_REPLICATIONS, SENSITIVITY = 70, 20, 10.0
ITEM, FASTER = "S1-08", 0.8


def run() -> Result:
    """Compare the variance of differences on common and on other luck; time the ranking.

    Raises:
        RuntimeError: If a scenario differs from itself.
    """
    watch = Stopwatch()
    base = _fifth()
    first, waited_for = busiest(base), _most_waited_for(base)
    taken = utilisation(base, LEVER_REPLICATIONS)[first]
    checked = _same(base)
    found = {name: _moved(base, other) for name, other in _changes(base, first).items()}
    ratios = {name: each.variance_ratio or 0.0 for name, each in found.items()}
    rounds = [(ratio, 1.0) for ratio in ratios.values()]
    beside = _moved(base, _more(base, waited_for))
    spent, count = _sensitivity(model_of(district(shipped()), shipped()))
    return watch.result(
        "compare",
        goal=GOAL,
        checked=checked,
        unit="times the variance of other luck",
        packages=("numba", "numpy"),
        rounds=rounds,
        notes=(
            *(f"{name}: {_told(each)}" for name, each in found.items()),
            f"{first} is the busiest: {taken:.0%} of its reviewers' time is taken, as measured",
            f"most days are waited for {waited_for}; one more there: {_told(beside)}",
            f"sensitivity: {count} scenarios in {spent:.1f} CPU seconds, told for {LEVERS}",
        ),
        goals=(
            *(
                Goal(
                    name=f"variance ratio, {name}, a fifth of the district",
                    value=ratio,
                    wanted=GOAL,
                )
                for name, ratio in ratios.items()
            ),
            Goal(
                name=f"sensitivity of {LEVERS}, CPU seconds",
                value=spent * LEVERS / count,
                wanted=SENSITIVITY,
                most=True,
            ),
        ),
        more={"ratios": ratios, "busiest": first, "sensitivity_cpu_s": spent},
    )


def _same(base: Model) -> str:
    differences = compare(base, base, 10).differences
    if any(each.moved.mean for each in differences):
        raise RuntimeError("a scenario differs from itself")
    return f"a scenario differs from itself by nought in {len(differences)} measures"


def _fifth() -> Model:
    """Return the district with a fifth of its projects, and as many people as they keep busy."""
    whole = district(shipped())
    between = replace(whole.arrivals.between, days=5 * whole.arrivals.between.days)
    fewer = replace(whole, arrivals=replace(whole.arrivals, between=between))
    return model_of(staffed(fewer, shipped()), shipped())


def _changes(base: Model, department: str) -> dict[str, Model]:
    """Return one more reviewer in a department, and one faster item."""
    return {
        f"one more reviewer in {department}": _more(base, department),
        f"{ITEM} a fifth faster": variant(base, factors={ITEM: FASTER}),
    }


def _more(base: Model, department: str) -> Model:
    known = base.scenario.departments[department]
    more = replace(known, reviewers=(known.reviewers or 0) + 1)
    return variant(base, departments={department: more})


def _most_waited_for(base: Model) -> str:
    """Return the department in whose queue most days are spent in all."""
    items = Counter(row.department for rows in base.kinds for row in rows)
    waits = [d for d in compare(base, base, 10).differences if d.measure.of in items]
    most = max(waits, key=lambda each: (each.before.mean or 0.0) * items[each.measure.of])
    return most.measure.of


def _moved(base: Model, other: Model) -> Difference:
    """Return the difference in the mean days to completion."""
    return compare(base, other, REPLICATIONS).of(Figure.DAYS)


def _told(found: Difference) -> str:
    """Say the difference in days, and how much less it varies than on independent luck."""
    moved, ratio = found.moved, found.variance_ratio or 0.0
    return f"{moved.mean or 0.0:.3f} ± {moved.half_width or 0.0:.3f} days, x{ratio:.0f}"


def _sensitivity(base: Model) -> tuple[float, int]:
    """Return the CPU seconds of all levers, and how many there are."""
    began = time.process_time()
    found = levers(base, LEVER_REPLICATIONS)
    return time.process_time() - began, len(found)
