"""The shortest schedule that departments with so many people can keep, proved or bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.optimise.bounds import EFFORT, Bounded
from simulation.optimise.serial import ended, serial_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.optimise.workload import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Bounded):
    """When everything starts.

    Attributes:
        starts: Working day by activity, from 0.
        serial: Days of the plan that the search began with.
    """

    starts: Mapping[str, int]
    serial: int


def best_schedule(workload: Workload, effort: float = EFFORT) -> Schedule:
    """Return when each activity starts so that the last one ends first.

    A serial plan comes first. Where it takes no longer than the longest chain, or than a
    department's whole work, it is the best; if not it is the hint from which CP-SAT searches.

    Args:
        workload: A sound one, see `workload.checked`.
        effort: Deterministic seconds of search, after which the best so far comes with its bound.
    """
    starts, bound = serial_plan(workload), workload.bound()
    total = ended(workload, starts)
    if total > bound:
        # OR-Tools takes a second to load, and many workloads need none of it.
        from simulation.optimise.schedule_search import searched  # noqa: PLC0415 - see above

        better, bound = searched(workload, starts, bound, effort)
        return Schedule(starts=better, total=ended(workload, better), bound=bound, serial=total)
    return Schedule(starts=starts, total=total, bound=bound, serial=total)
