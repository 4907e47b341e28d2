"""How long a what-if answer takes: by the command, from start to end, and in a warm process.

The command opens its office, which has been set up before. A question over HTTP is a job in
parts of 25 replications; how long it waits for a worker is not measured here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.result import Goal, Result, Stopwatch, cpu_seconds
from simulation import answers, asked
from tests.support.catalogues import shipped

ANSWER = 500  # replications of an answer
COLD, WARM = 10.0, 2.0  # seconds
ROUNDS = 3
_NAMES = ("one_by_one", "rolling")


def run() -> Result:
    """Take the time of answers, cold and warm in turn; the ratio is the cold goal by the time."""
    watch = Stopwatch()
    _warm()  # the machine code is written now, as `make setup` does
    with TemporaryDirectory() as folder:
        _cold(folder)  # sets the office up
        taken = [(_cold(folder), _warm()) for _ in range(ROUNDS)]
    colds, warms = [cold for cold, _ in taken], [warm for _, warm in taken]
    cold, warm = sorted(colds)[ROUNDS // 2], sorted(warms)[ROUNDS // 2]
    rounds = [(COLD / each[0], 1.0) for each in colds]
    return watch.result(
        "whatif",
        goal=1.0,
        checked=f"the command tells of {ANSWER} replications",
        unit="times the promised speed of a first answer",
        packages=("numba", "numpy"),
        rounds=rounds,
        notes=(
            f"an answer: {ANSWER} replications of two scenarios, 250 projects each",
            "cold: `abreast simulate A --compare B --json`, the whole process; medians",
            f"CPU seconds: {cold[1]:.1f} cold, {warm[1]:.1f} warm",
        ),
        goals=(
            Goal(name="first answer, seconds", value=cold[0], wanted=COLD, most=True),
            Goal(name="warm answer, seconds", value=warm[0], wanted=WARM, most=True),
        ),
        more={"cold_s": colds, "warm_s": warms},
    )


def _cold(folder: str) -> tuple[float, float]:
    """Return the seconds of the command from its start to its end, and those of CPU.

    As an installed office does, it may keep compiled modules.

    Raises:
        RuntimeError: If it answers something else.
    """
    known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, after = _NAMES
    words = ["simulate", before, "--compare", after, "--replications", str(ANSWER), "--json"]
    command = [str(Path(sys.executable).with_name("abreast")), *words]
    began, spent = time.perf_counter(), cpu_seconds()
    told = subprocess.run(command, capture_output=True, check=True, env=known, cwd=folder)
    taken = time.perf_counter() - began, cpu_seconds() - spent
    if json.loads(told.stdout)["replications"] != ANSWER:
        raise RuntimeError("the command answers another question")
    return taken


def _warm() -> tuple[float, float]:
    """Return the seconds of an answer in this process, and those of CPU."""
    before, after = (asked.scenario(name, shipped()) for name in _NAMES)
    began, spent = time.perf_counter(), cpu_seconds()
    answers.compared(before, after, shipped(), replications=ANSWER)
    return time.perf_counter() - began, cpu_seconds() - spent
