"""Reads the projects that the back-dating report is about, one log at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.store import queries
from workflows import backdating_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.handle import Handle
    from engine.store.queries import ProjectFilter
    from engine.unit_of_work import UnitOfWork
    from workflows.backdating_report import Report
    from workflows.events import Event
    from workflows.project import Project


def codes(new_uow: Callable[[], UnitOfWork], which: ProjectFilter) -> tuple[str, ...]:
    """Return the codes of every project that *which* lets through, the newest first."""
    found: list[str] = []
    after = None
    while True:
        with new_uow() as uow:
            page = queries.projects(uow.connection, which, after=after, limit=queries.LARGEST_PAGE)
        found += [line.project for line in page]
        if len(page) < queries.LARGEST_PAGE:
            return tuple(found)
        after = (page[-1].filed_at, page[-1].project)


def report(
    handle: Handle, projects: Sequence[str], told: Callable[[float], None] = lambda _: None
) -> Report:
    """Return the report on *projects*, reading each one's whole log.

    Args:
        told: Called after each project with the part that is done, 0 to 1.

    Raises:
        UnknownProjectError: If one of them does not exist.
    """
    return backdating_report.report(_cases(handle, projects, told))


def _cases(
    handle: Handle, projects: Sequence[str], told: Callable[[float], None]
) -> Iterator[tuple[Project, tuple[Event, ...]]]:
    for done, code in enumerate(projects, 1):
        # The log first: a project read after it knows every attempt that the log speaks of.
        events = tuple(envelope.event for envelope in handle.history(code))
        yield handle.project(code), events
        told(done / len(projects))
