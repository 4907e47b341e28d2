"""The scenario that the office's own facts speak for: what a planner begins with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from api.parts import parts
from simulation.fit import MOST_KINDS, fitted
from simulation.scenario import Kind

if TYPE_CHECKING:
    from analysis.columns import Columns

MOST = 700  # projects of a run: about a year of a district


def fitted_here() -> dict[str, Any]:
    """Return the scenario as a file's text, and how many projects it rests on.

    Raises:
        NothingToFitError: If nothing was decided yet.
        ScenarioError: If the facts contradict themselves.
    """
    columns = parts().facts.columns()
    kinds = _kinds(columns)
    found = fitted(columns, parts().library.catalogue, kinds, most=MOST)
    text = json.dumps(found.tree, ensure_ascii=False, separators=(",", ":"))
    return {"scenario": text, "projects": len(columns.cases), "sampled": len(kinds)}


def _kinds(columns: Columns) -> list[Kind]:
    """Return what projects spread evenly over all are like: to read every one takes seconds."""
    flows = columns.cases.flow.tolist()
    ordered = sorted(zip(flows, columns.names.projects, strict=True))
    step = max(len(ordered) / MOST_KINDS, 1.0)
    places = range(min(len(ordered), MOST_KINDS))
    codes = [ordered[int((at + 0.5) * step)][1] for at in places]
    known = map(parts().handle.project, codes)
    return [Kind(flow=each.flow, facts=dict(each.facts), weight=1.0) for each in known]
