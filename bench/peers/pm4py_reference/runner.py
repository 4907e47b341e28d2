"""What pm4py says of a log, as JSON; run by a Python of its own that has pm4py 2.7.19 (AGPL-3.0).

    uv venv var/pm4py && uv pip install --python var/pm4py/bin/python pm4py==2.7.19
    var/pm4py/bin/python bench/peers/pm4py_reference/runner.py LOG.csv

The log: case, activity and microseconds since 1970-01-01 UTC, sorted, under pm4py's names. It is
never imported by the product.
"""

from __future__ import annotations

import json
import sys

import pandas as pd
import pm4py

log = pd.read_csv(sys.argv[1], dtype={"case:concept:name": str})
log["time:timestamp"] = pd.to_datetime(log["time:timestamp"], unit="us", utc=True)
times, _, _ = pm4py.discover_performance_dfg(log, perf_aggregation_key="all")
counts, _, _ = pm4py.discover_dfg(log)
variants = pm4py.get_variants(log)
said = {
    "edges": [
        [source, target, counts[source, target], each["mean"], each["min"], each["max"]]
        for (source, target), each in times.items()
    ],
    "variants": [
        [list(activities), cases if isinstance(cases, int) else len(cases)]
        for activities, cases in variants.items()
    ],
    "durations": sorted(map(float, pm4py.get_all_case_durations(log))),
}
print(json.dumps(said))
