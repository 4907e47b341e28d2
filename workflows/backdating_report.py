"""The back-dating report: how much is recorded on a later day than it happened, and by how much.

A district where much is entered late works on paper beside the system, and its times prove little.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workflows import backdating
from workflows.project import item_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflows.backdating import Entry
    from workflows.events import Event
    from workflows.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Entries counted together.

    Attributes:
        late: Entered on a later legal date, and every correction.
        longest: Longest delay among them, in calendar days.
    """

    entries: int = 0
    late: int = 0
    longest: int = 0

    @property
    def share(self) -> float | None:
        """Return the late ones' part of all, 0 to 1; None without any entry."""
        return self.late / self.entries if self.entries else None

    def plus(self, entry: Entry, *, late: bool) -> Tally:
        """Return the tally with one entry more."""
        return replace(
            self,
            entries=self.entries + 1,
            late=self.late + late,
            longest=max(self.longest, entry.late),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything counted, by whose item it was and by project; the most late entries first."""

    whole: Tally
    departments: Mapping[str, Tally]
    projects: Mapping[str, Tally]


def report(cases: Iterable[tuple[Project, Iterable[Event]]]) -> Report:
    """Return the report on some projects, each beside its events; read one after the other.

    An entry counts for the department that has the attempt, whoever made it: the window enters
    what a department decided on paper.
    """
    whole = Tally()
    departments: defaultdict[str, Tally] = defaultdict(Tally)
    projects: dict[str, Tally] = {}
    for project, events in cases:
        mine = Tally()
        log = tuple(events)
        late = set(map(_key, backdating.late_entries(log)))
        for entry in backdating.entries(log):
            is_late = _key(entry) in late
            department = _department(project, entry)
            whole = whole.plus(entry, late=is_late)
            mine = mine.plus(entry, late=is_late)
            departments[department] = departments[department].plus(entry, late=is_late)
        projects[project.code] = mine
    return Report(whole=whole, departments=_sorted(departments), projects=_sorted(projects))


def _key(entry: Entry) -> tuple[int, str, int]:
    """Return what tells entries apart: one event may pause several items."""
    return entry.event, entry.item, entry.attempt


def _department(project: Project, entry: Entry) -> str:
    return project.items[item_key(entry.unit, entry.item)].attempts[entry.attempt - 1].department


def _sorted(tallies: Mapping[str, Tally]) -> dict[str, Tally]:
    ranked = sorted(tallies.items(), key=lambda each: (-each[1].late, -each[1].longest, each[0]))
    return dict(ranked)
