"""Notes between owner and agent on a project: words that never enter the log and can be erased."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from engine.errors import UnknownNoteError
from engine.receipts import once
from engine.store import project_notes, tidings
from engine.store.project_notes import ProjectNote
from engine.store.tidings import Notice
from workflows.tidings import NOTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.clock import Clock
    from engine.receipts import Order
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork


class Correspondence:
    """The notes of every project."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock) -> None:
        """Keep where notes are stored and what time it is."""
        self._new_uow = new_uow
        self._clock = clock

    def leave(self, order: Order, project: str, words: str) -> ProjectNote:
        """Leave a note; owner and agent find a notice in their inboxes.

        Raises:
            KeyReusedError: If the key came with another request.
        """
        note = ProjectNote(
            id=uuid4().hex,
            project=project,
            author=order.actor,
            created_at=self._clock.now(),
            text=words,
        )

        def leave(connection: Connection) -> str:
            project_notes.put(connection, note)
            _tell(connection, note)
            return note.id

        first = once(self._new_uow, order, note.created_at, leave)
        return note if first == note.id else self.get(project, first)

    def page(
        self, project: str, after: project_notes.NoteCursor | None, limit: int
    ) -> tuple[ProjectNote, ...]:
        """Return a page of a project's notes, the oldest first."""
        with self._new_uow() as uow:
            return project_notes.listed(uow.connection, project, after, limit)

    def get(self, project: str, identity: str) -> ProjectNote:
        """Return one note.

        Raises:
            UnknownNoteError: If there is none.
        """
        with self._new_uow() as uow:
            return _known(uow.connection, project, identity)

    def erase(self, order: Order, project: str, identity: str) -> ProjectNote:
        """Erase a note's words; that there was one stays. The second time nothing is left to do.

        Raises:
            UnknownNoteError: If there is none.
            KeyReusedError: If the key came with another request.
        """
        now = self._clock.now()

        def erase(connection: Connection) -> str:
            _known(connection, project, identity)
            project_notes.erase(connection, identity, now)
            return identity

        return self.get(project, once(self._new_uow, order, now, erase))


def _known(connection: Connection, project: str, identity: str) -> ProjectNote:
    found = project_notes.get(connection, project, identity)
    if found is None:
        raise UnknownNoteError(note=identity)
    return found


def _tell(connection: Connection, note: ProjectNote) -> None:
    behind = tidings.parties(connection, note.project)
    if behind is None:
        return
    people = {*behind.owners, *([behind.agent] if behind.agent else [])} - {note.author}
    for person in sorted(people):
        notice = Notice(
            person=person,
            id=f"note-{note.id}",
            code=NOTE,
            params={"project": note.project},
            project=note.project,
            created_at=note.created_at,
        )
        tidings.put(connection, notice)
