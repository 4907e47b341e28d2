"""What pm4py says of a log, as JSON: `python -m tests.support.pm4py_figures FILE`.

A process of its own, because pm4py (AGPL-3.0) is a witness and never part of the product, and
because it prints and warns as it likes. It is imported nowhere else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


def figures(file: Path) -> dict[str, Any]:
    """Return the figures of *file*, by a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.pm4py_figures", str(file)]
    said = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


def _timed(file: Path) -> dict[str, Any]:
    import pm4py  # type: ignore[import-untyped] # noqa: PLC0415 - only in the process of its own

    began = time.process_time()
    log = pm4py.read_xes(str(file)) if file.suffix == ".xes" else _table(file, pm4py)
    read = time.process_time()
    edges, _, _ = pm4py.discover_performance_dfg(log)
    variants = pm4py.get_variants(log)
    durations = pm4py.get_all_case_durations(log)
    ended = time.process_time()
    counts = Counter(
        {variant: n if isinstance(n, int) else len(n) for variant, n in variants.items()}
    )
    return {
        "cpu": ended - began,
        "reading": read - began,
        "edges": sorted([*pair, value["mean"]] for pair, value in edges.items()),
        "counts": sorted([*pair, n] for pair, n in pm4py.discover_dfg(log)[0].items()),
        "variants": sorted([list(variant), n] for variant, n in counts.items()),
        "durations": sorted(map(float, durations)),
    }


def _table(file: Path, pm4py: Any) -> Any:
    import pandas  # type: ignore[import-untyped] # noqa: ICN001, PLC0415 - comes with pm4py

    frame = pandas.read_csv(file)
    frame["time:timestamp"] = pandas.to_datetime(
        frame["time:timestamp"], utc=True, format="ISO8601"
    )
    return pm4py.format_dataframe(
        frame,
        case_id="case:concept:name",
        activity_key="concept:name",
        timestamp_key="time:timestamp",
    )


if __name__ == "__main__":
    told = _timed(Path(sys.argv[1]))
    sys.stdout.write("\n" + json.dumps(told) + "\n")
