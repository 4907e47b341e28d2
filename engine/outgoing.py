"""Our projects on their way to other people's tools: read one by one, written in their formats."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from exchange import national, xes
from exchange.case_log import trace_of
from exchange.project_objects import object_log
from workflows.item_runs import case_of
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from engine.clock import Clock
    from engine.handle import Handle
    from engine.in_force import InForce
    from exchange.ocel import ObjectLog
    from workflows.catalogue.values import Catalogue
    from workflows.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Some projects of an office.

    Attributes:
        told: Called after each project with the part that is read, 0 to 1.
    """

    handle: Handle
    known: InForce
    clock: Clock
    codes: Sequence[str]
    told: Callable[[float], None] = lambda _: None

    def log(self) -> Iterator[bytes]:
        """Yield the event log in XES, piece by piece.

        Raises:
            UnknownProjectError: If one of the projects does not exist.
        """
        return xes.written(
            trace_of(case_of(project, catalogue), _names(catalogue))
            for project, catalogue in self._projects()
        )

    def objects(self) -> ObjectLog:
        """Return the object-centric log.

        Raises:
            UnknownProjectError: If one of the projects does not exist.
        """
        return object_log(self._projects())

    def national(self) -> Mapping[str, list[national.Row]]:
        """Return the rows of the national tables, as of today.

        Raises:
            UnknownProjectError: If one of the projects does not exist.
            OutsideCalendarError: If a date lies beyond the calendar.
        """
        filed = (
            national.Filed(project=project, catalogue=catalogue)
            for project, catalogue in self._projects()
        )
        today = local_date(self.clock.now())
        return national.tables(filed, self.known.current().calendar, today)

    def national_zip(self) -> bytes:
        """Return the national tables as one zip of CSV."""
        file = BytesIO()
        national.write_zip(self.national(), file)
        return file.getvalue()

    def _projects(self) -> Iterator[tuple[Project, Catalogue]]:
        for done, code in enumerate(self.codes, start=1):
            project = self.handle.project(code)
            yield project, self.known.of(project).catalogue
            self.told(done / len(self.codes))


def _names(catalogue: Catalogue) -> dict[str, str]:
    return {code: item.name.zh for code, item in catalogue.items.items()}
