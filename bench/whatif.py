"""How long a what-if answer takes: the first one of a new process, and one of a warm one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from bench.result import Goal, Result, Stopwatch, cpu_seconds
from simulation.compare import compare
from simulation.family import member
from simulation.model import model_of
from tests.support.catalogues import shipped

ANSWER = 500  # replications of an answer
COLD, WARM = 10.0, 2.0  # seconds
ROUNDS = 3
_NAMES = ("one_by_one", "rolling")
_COLD = f"""
import json, time
began = time.perf_counter()
from simulation.family import member
from simulation.compare import compare
from simulation.model import model_of
from workflows.catalogue.load import load
from engine.library import CATALOGUE
catalogue = load(CATALOGUE.read_text(encoding="utf-8"))
models = [model_of(member(name, catalogue), catalogue) for name in {_NAMES!r}]
laid_out = time.perf_counter()
compare(*models, {ANSWER})
print(json.dumps([time.perf_counter() - began, laid_out - began, time.process_time()]))
"""


def run() -> Result:
    """Take the time of answers, cold and warm in turn; the ratio is the cold goal by the time."""
    watch = Stopwatch()
    _warm()  # the machine code is written now, as `make setup` does
    taken = [(_cold(), _warm()) for _ in range(ROUNDS)]
    colds, warms = [cold for cold, _ in taken], [warm for _, warm in taken]
    cold, warm = min(colds), min(warms)
    rounds = [(COLD / each[0], 1.0) for each in colds]
    return watch.result(
        "whatif",
        goal=1.0,
        checked="a new process gives its answer",
        unit="times the promised speed of a first answer",
        packages=("numba", "numpy"),
        rounds=rounds,
        notes=(
            f"an answer: {ANSWER} replications of two scenarios, 250 projects each",
            f"cold: {cold[1]:.1f} of {cold[0]:.1f} s go to imports and to laying out",
            f"CPU seconds: {cold[2]:.1f} cold, {warm[1]:.1f} warm",
        ),
        goals=(
            Goal(name="first answer, seconds", value=cold[0], wanted=COLD, most=True),
            Goal(name="warm answer, seconds", value=warm[0], wanted=WARM, most=True),
        ),
        more={"cold_s": colds, "warm_s": warms},
    )


def _cold() -> tuple[float, float, float]:
    """Return the seconds of a new process to its first answer, until it computes, and of CPU.

    As an installed office does, it may keep compiled modules.
    """
    known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = subprocess.run([sys.executable, "-c", _COLD], capture_output=True, check=True, env=known)
    first, laid_out, cpu = json.loads(told.stdout)
    return float(first), float(laid_out), float(cpu)


def _warm() -> tuple[float, float]:
    """Return the seconds of an answer, and those of CPU."""
    models = [model_of(member(name, shipped()), shipped()) for name in _NAMES]
    began, spent = time.perf_counter(), cpu_seconds()
    compare(models[0], models[1], ANSWER)
    return time.perf_counter() - began, cpu_seconds() - spent
