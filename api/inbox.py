"""The sender's inbox: what concerns them, and where they get mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import request

from api import actors
from api.contract import orders, reads
from api.cursors import page_of, read_cursor, write_cursor
from api.desk import order
from api.locales import EN, preferred
from api.parser import Nouns
from api.parts import parts
from api.schemas.inbox import (
    ContactOrderSchema,
    ContactSchema,
    InboxQuerySchema,
    InboxReadingSchema,
    InboxSchema,
    UnreadSchema,
)
from engine.store.tidings import Contact
from workflows.texts import text

if TYPE_CHECKING:
    from engine.store.tidings import Notice, NoticeCursor

nouns = Nouns("inbox", __name__, description="What people are told")
Row = dict[str, Any]


@nouns.route("/inbox", methods=["GET"])
@reads(nouns, "listInbox", InboxSchema, query=InboxQuerySchema)
def list_inbox(query: Row) -> Row:
    """List what I am told.

    The newest first; `unread` narrows it to what was not read.
    """
    after = read_cursor(query.get("cursor"), ("created_at", "id"))
    limit = query["limit"]
    found, unread = parts().inboxes.page(
        actors.current().id,
        unread=query.get("unread", False),
        after=cast("NoticeCursor | None", after),
        limit=limit + 1,
    )
    page, last = page_of(found, limit)
    return {
        "data": [_notice(each) for each in page],
        "next": None if last is None else write_cursor((last.created_at, last.id)),
        "unread": unread,
    }


@nouns.route("/inbox/read", methods=["POST"])
@orders(nouns, "readInbox", InboxReadingSchema, answer=UnreadSchema, tagged=False)
def read_inbox(body: Row) -> Row:
    """Mark notices as read.

    Some, or with null all of them.
    """
    return {"unread": parts().inboxes.read(order("readInbox", body), body["ids"])}


@nouns.route("/people/me/contact", methods=["GET"])
@reads(nouns, "getContact", ContactSchema)
def show_contact() -> Row:
    """Show where I get mail.

    And in which language.
    """
    return _contact(parts().addresses.get(actors.current().id))


@nouns.route("/people/me/contact", methods=["POST"])
@orders(nouns, "setContact", ContactOrderSchema, answer=ContactSchema, tagged=False)
def set_contact(body: Row) -> Row:
    """Set where I get mail.

    What is told in the inbox is mailed there, too, once whoever reads it has agreed by the link
    of a first letter; null: no mail.
    """
    actor = actors.in_person()
    mail = body["mail"]
    to = None if mail is None else Contact(person=actor.id, mail=mail, locale=body["locale"])
    return _contact(parts().addresses.put(actor.id, to, order("setContact", body)))


def _contact(found: Contact | None) -> Row:
    if found is None:
        return {"mail": None, "locale": "zh-CN", "confirmed_at": None}
    return {"mail": found.mail, "locale": found.locale, "confirmed_at": found.confirmed_at}


def _notice(one: Notice) -> Row:
    locale = preferred(request.accept_languages)
    names = ("id", "code", "project", "created_at", "read_at")
    return {
        **{name: getattr(one, name) for name in names},
        "text": text(one.code, locale, **_named(one.params, locale)),
    }


def _named(params: Any, locale: str) -> Row:  # noqa: ANN401 - a mapping of JSON values
    """Return the parameters with the item's name beside its code."""
    named = dict(params)
    item = parts().library.catalogue.items.get(str(named.get("item")))
    if item is not None:
        named["item"] = f"{item.code} {item.name.en if locale == EN else item.name.zh}"
    return named
