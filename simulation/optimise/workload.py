"""What departments have to do with so many people: activities, what waits for what, capacities."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from simulation.errors import WorkloadError
from workflows.catalogue.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


MOST_DAYS = 50_000  # of all activities together: the serial plan keeps every day in hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One piece of work that is never interrupted.

    Attributes:
        days: Whole working days, 0 or more.
        after: Activities that must have ended before it starts.
        demand: How much of each department it takes all the while.
    """

    days: int
    after: tuple[str, ...] = ()
    demand: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Activities by code, and how much each department can do at the same time.

    It is sound when `checked` says so; everything below relies on that.
    """

    capacities: Mapping[str, int]
    activities: Mapping[str, Activity]
    name: str = ""

    def order(self) -> tuple[str, ...]:
        """Return the activities in an order that could be.

        Raises:
            graphlib.CycleError: If they wait for one another in a circle.
        """
        waits = {code: each.after for code, each in self.activities.items()}
        return tuple(TopologicalSorter(waits).static_order())

    def tails(self) -> dict[str, int]:
        """Return the days from the start of each activity to the end of what waits for it."""
        behind = dict.fromkeys(self.activities, 0)
        tails: dict[str, int] = {}
        for code in reversed(self.order()):
            activity = self.activities[code]
            tails[code] = behind[code] + activity.days
            for each in activity.after:
                behind[each] = max(behind[each], tails[code])
        return tails

    def backwards(self) -> Workload:
        """Return the same work with time running the other way."""
        followers: dict[str, list[str]] = {code: [] for code in self.activities}
        for code, activity in self.activities.items():
            for each in activity.after:
                followers[each].append(code)
        turned = {
            code: replace(activity, after=tuple(followers[code]))
            for code, activity in self.activities.items()
        }
        return replace(self, activities=turned)

    def bound(self) -> int:
        """Return days that no plan goes below: the longest chain, or a department's whole work."""
        full = (-(-days // self.capacities[d]) for d, days in self._work().items() if days)
        return max((*self.tails().values(), *full), default=0)

    def used(self, days: int) -> dict[str, float]:
        """Return the part of each department's capacity that *days* in all take, 0 to 1."""
        return {
            department: work / (days * self.capacities[department]) if work else 0.0
            for department, work in self._work().items()
        }

    def _work(self) -> dict[str, int]:
        """Return the days of each department, by what is taken of it."""
        work = dict.fromkeys(self.capacities, 0)
        for activity in self.activities.values():
            for department, taken in activity.demand.items():
                work[department] += taken * activity.days
        return work


def checked(workload: Workload) -> Workload:
    """Return the workload as it is, if there is a plan for it.

    Raises:
        WorkloadError: With every reason why there is none.
    """
    findings = tuple(_names(workload)) or tuple(_circle(workload))
    if findings:
        raise WorkloadError(findings)
    return workload


def _names(workload: Workload) -> Iterator[Finding]:
    days = sum(each.days for each in workload.activities.values())
    if days > MOST_DAYS:
        yield Finding(code="workload.too_many_days", params={"days": days, "most": MOST_DAYS})
    for code, activity in workload.activities.items():
        for each in activity.after:
            if each not in workload.activities:
                yield Finding(code="workload.after_unknown", item=code, params={"after": each})
        for department, taken in activity.demand.items():
            capacity = workload.capacities.get(department)
            named = {"department": department, "taken": taken}
            if capacity is None:
                yield Finding(code="workload.department_unknown", item=code, params=named)
            elif taken > capacity:
                named["capacity"] = capacity
                yield Finding(code="workload.more_than_there_is", item=code, params=named)


def _circle(workload: Workload) -> Iterator[Finding]:
    try:
        workload.order()
    except CycleError as error:
        path = " -> ".join(reversed(error.args[1]))
        yield Finding(code="workload.circle", params={"path": path})
