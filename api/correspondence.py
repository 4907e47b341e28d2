"""Notes between owner and agent on a project: kept apart from the log, erasable."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from api import actors, present, sight
from api.contract import orders, reads
from api.cursors import page_of, read_cursor, write_cursor
from api.desk import order
from api.parser import Nouns
from api.parts import parts
from api.schemas.inbox import NoteWordsSchema, ProjectNoteSchema, ProjectNotesSchema
from api.schemas.orders import EmptySchema
from api.schemas.tasks import PageSchema
from engine.errors import UnknownNoteError
from workflows.access import READS, Read, Scope, may
from workflows.errors import NotAllowedError
from workflows.facts import Role

if TYPE_CHECKING:
    from engine.store.project_notes import NoteCursor, ProjectNote
    from workflows.facts import Actor

nouns = Nouns("notes", __name__, description="Notes between owner and agent")
Row = dict[str, Any]
_NOTES = "/projects/<project:code>/notes"


@nouns.route(_NOTES, methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "listNotes", ProjectNotesSchema, query=PageSchema)
def list_notes(query: Row, code: str) -> Row:
    """List the notes on a project.

    For its owner and its agent, the oldest first.
    """
    _correspondent(code, "ReadNotes")
    after = read_cursor(query.get("cursor"), ("created_at", "id"))
    limit = query["limit"]
    found = parts().correspondence.page(code, cast("NoteCursor | None", after), limit + 1)
    page, last = page_of(found, limit)
    end = None if last is None else write_cursor((last.created_at, last.id))
    return {"data": [_note(each) for each in page], "next": end}


@nouns.route(_NOTES, methods=["POST"])
@orders(
    nouns,
    "leaveNote",
    NoteWordsSchema,
    status=HTTPStatus.CREATED,
    answer=ProjectNoteSchema,
    tagged=False,
)
def leave_note(body: Row, code: str) -> Row:
    """Leave a note on a project.

    Its owner and its agent do so for each other; the other one finds it in the inbox.
    """
    _correspondent(code, "LeaveNote")
    left = order("leaveNote", body, project=code)
    return _note(parts().correspondence.leave(left, code, body["text"]))


@nouns.route(f"{_NOTES}/<word:note>/erase", methods=["POST"])
@orders(nouns, "eraseNote", EmptySchema, answer=ProjectNoteSchema, tagged=False)
def erase_note(body: Row, code: str, note: str) -> Row:
    """Erase a note.

    Its author does so, or an administrator. That there was one stays, its words do not.
    """
    actor = actors.current()
    project = sight.project(code, actor)
    if Role.ADMINISTRATOR not in actor.roles:
        if not may(actor, READS[Read.NOTES], Scope.of(project)):
            raise NotAllowedError(command="EraseNote", actor=actor.id)
        found = parts().correspondence.get(code, note)
        if found.author != actor.id:
            raise UnknownNoteError(note=note)
    erased = order("eraseNote", body, project=code, note=note)
    return _note(parts().correspondence.erase(erased, code, note))


def _correspondent(code: str, deed: str) -> Actor:
    """Return the sender, who is owner or agent of the project.

    Raises:
        UnknownProjectError: If they do not see the project.
        NotAllowedError: If they see it and are neither.
    """
    actor = actors.current()
    project = sight.project(code, actor)
    if not may(actor, READS[Read.NOTES], Scope.of(project)):
        raise NotAllowedError(command=deed, actor=actor.id)
    return actor


def _note(one: ProjectNote) -> Row:
    told = present.members(one)
    del told["project"]
    return told
