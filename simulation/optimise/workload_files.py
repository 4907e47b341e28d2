"""From a file to a workload: TOML or JSON of our own, `.sm` and `.rcp` as PSPLIB has them."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from simulation.errors import WorkloadError
from simulation.optimise.psplib import rcp, sm
from simulation.optimise.workload import Activity, Workload, checked
from simulation.schema import workload_parts
from simulation.trees import LONGEST, misshapen, tree_of
from workflows.catalogue.findings import Finding
from workflows.catalogue.schema import ShapeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def read_workload(name: str, content: bytes) -> Workload:
    """Return the workload of a file; its name says the format.

    Raises:
        WorkloadError: If the format is unknown, or with all that is wrong with the file.
    """
    kind = PurePath(name).suffix.lower()
    if kind not in _READERS:
        known = ", ".join(_READERS)
        raise WorkloadError(
            [Finding(code="workload.format", params={"name": name, "known": known})]
        )
    if len(content) > LONGEST:
        raise WorkloadError([Finding(code="workload.too_long", params={"limit": LONGEST})])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorkloadError(
            [Finding(code="workload.unreadable", params={"problem": str(error)})]
        ) from error
    return checked(_READERS[kind](text))


def _own(text: str) -> Workload:
    try:
        parts = workload_parts(tree_of(text, WorkloadError))
    except ShapeError as error:
        raise WorkloadError(tuple(misshapen(error.messages))) from error
    activities: dict[str, Activity] = {}
    for each in parts["items"]:
        if each["code"] in activities:
            raise WorkloadError([Finding(code="workload.twice", item=each["code"])])
        activities[each["code"]] = _activity(each)
    return Workload(
        name=parts.get("name", ""),
        capacities=parts.get("departments", {}),
        activities=activities,
    )


def _activity(said: Mapping[str, Any]) -> Activity:
    return Activity(
        days=said["days"], after=tuple(said.get("after", ())), demand=said.get("demand", {})
    )


_READERS: Mapping[str, Callable[[str], Workload]] = {
    ".toml": _own,
    ".json": _own,
    ".sm": sm,
    ".rcp": rcp,
}
