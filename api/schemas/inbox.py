"""What people are told, and the notes that they leave each other."""

from __future__ import annotations

from marshmallow import fields, validate

from api.schemas.base import Strict, choice, figure, flag, instant, lines, said, words
from api.schemas.tasks import PageSchema

_MOST_IDS = 200
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MAIL_PATTERN = rf"^[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@({_LABEL}\.){{1,8}}{_LABEL}$"


class InboxQuerySchema(PageSchema):
    """Which notices."""

    unread = flag("Only what was not read")


class InboxLineSchema(Strict):
    """One thing that the sender is told."""

    id = said("Id")
    code = said("What it is about, for programs")
    text = said("The same in words")
    project = said("Project code")
    created_at = instant("When it happened, UTC")
    read_at = instant("When it was read, UTC", none=True)


class InboxSchema(Strict):
    """A page of notices, the newest first."""

    data = lines(InboxLineSchema, "Notices")
    next = said("Cursor of the next page; null on the last", none=True)
    unread = figure("How many were not read, in all")


class InboxReadingSchema(Strict):
    """What was read."""

    ids = fields.List(
        words("Id of a notice", longest=100),
        required=True,
        allow_none=True,
        validate=validate.Length(
            min=1, max=_MOST_IDS, error=f"api.field.length?min=1&max={_MOST_IDS}"
        ),
        metadata={"description": "Ids of notices; null: all of them"},
    )


class UnreadSchema(Strict):
    """What is left."""

    unread = figure("How many were not read, in all")


class ContactOrderSchema(Strict):
    """Where the sender wants mail."""

    mail = words(
        "Address; null: no mail",
        none=True,
        longest=254,
        pattern=MAIL_PATTERN,
        example="a@b.example",
    )
    locale = choice("Language of the mail", ["zh-CN", "en"], default="zh-CN")


class ContactSchema(ContactOrderSchema):
    """Where the sender gets mail."""

    confirmed_at = instant(
        "When the address's reader agreed, UTC; null = not yet: nothing is mailed", none=True
    )


class NoteWordsSchema(Strict):
    """What a note says."""

    text = words("The words; kept apart from the log, where they can be erased")


class ProjectNoteSchema(Strict):
    """A note on a project."""

    id = said("Id")
    author = said("Person id")
    created_at = instant("Left at, UTC")
    text = said("The words; null once they were erased", none=True)
    erased_at = instant("Erased at, UTC", none=True)


class ListedNoteSchema(ProjectNoteSchema):
    """A note in a list."""


class ProjectNotesSchema(Strict):
    """A page of notes, the oldest first."""

    data = lines(ListedNoteSchema, "Notes")
    next = said("Cursor of the next page; null on the last", none=True)
