"""Makes a project's snapshot, rows and due dates again from its log; writes what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import streams
from engine.store import derived, log
from engine.store.dues import stored_dues
from engine.store.port import Writes
from engine.verify import keyed
from workflows import changes, derivation, rows
from workflows.dues import due_rows
from workflows.errors import UnknownProjectError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.library import Library
    from engine.unit_of_work import UnitOfWork
    from workflows.project import Project

NOBODY = ("", "")  # an actor and a key under which nothing is ever answered


def rebuild(new_uow: Callable[[], UnitOfWork], library: Library, code: str) -> rows.Difference:
    """Rebuild what is derived of project *code* under its lock, and return what had to change.

    Raises:
        UnknownProjectError: If there is no such project.
        EngineError: If the database fails; nothing is half done.
    """
    stream = streams.of_project(code)
    with new_uow() as uow:
        uow.load(stream, *NOBODY)
        envelopes = log.envelopes(uow.connection, stream)
        if not envelopes:
            raise UnknownProjectError(project=code)
        project = streams.replay(envelopes)
        stored = derived.stored_rows(uow.connection, code).by_key
        stored = {**stored, **keyed(stored_dues(uow.connection, code))}
        difference = changes.difference(rows.Rows(stored), made_of(project, library))
        head = streams.head(envelopes[-1], library.packing.pack(project))
        uow.save(Writes(envelopes=(), head=head, recorded=None, difference=difference))
        uow.commit()
    return difference


def made_of(project: Project, library: Library) -> rows.Rows:
    """Return every row that a project's log adds up to, due dates among them."""
    return rows.Rows(
        {**derivation.rows(project).by_key, **keyed(due_rows(project, library.calendar))}
    )
