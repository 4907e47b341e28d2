"""The one way of a command: who, which key, which version, then the handle."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import request

from api import actors, present, sight
from api.parts import parts
from api.problems import RequestError
from engine.receipts import Order, once
from workflows import commands as c
from workflows.errors import Refusal

if TYPE_CHECKING:
    from api.notes import Notes
    from engine.handle import Answer

Done = tuple[dict[str, Any], dict[str, str]]
_KEY = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
TAG_PATTERN = r'^(\*|"[0-9]{1,9}(-[0-9a-f]{16})?")$'
_TAG = re.compile(r'"([0-9]{1,9})(?:-[0-9a-f]{16})?"', re.ASCII)


def carry_out(code: str, command: c.Command, notes: Notes | None = None) -> Done:
    """Give *command* as the sender of this request; return what it did, and its entity tag.

    Raises:
        RequestError: If the sender is unknown or the headers are not as the contract says.
        Refusal: If a rule is broken; a project out of the sender's sight is an unknown one.
    """
    actor = actors.current()
    key, seen = idempotency_key(), expected()
    texts = notes.texts if notes else ()
    try:
        answer = parts().handle.execute(code, command, actor, key, texts, expected=seen, final=True)
    except Refusal:
        # Asked only now, so that what is permitted costs no second look at the project.
        if not isinstance(command, c.FileProject):
            sight.project(code, actor)
        raise
    return done(answer), {"ETag": tag(answer.number)}


def done(answer: Answer) -> dict[str, Any]:
    """Return an answer of the handle as it goes out."""
    return {
        "project": answer.code,
        "number": answer.number,
        "repeated": answer.repeated,
        "events": [present.event(event) for event in answer.events],
    }


def tag(number: int) -> str:
    """Return the entity tag of a project at its event *number*.

    >>> tag(17)
    '"17"'
    """
    return f'"{number}"'


def idempotency_key() -> str:
    """Return the key that every POST carries.

    Raises:
        RequestError: If it is missing or not of the form.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise RequestError(HTTPStatus.PRECONDITION_REQUIRED, "api.key.required")
    if _KEY.fullmatch(key) is None:
        raise RequestError(HTTPStatus.BAD_REQUEST, "api.key.bad")
    return key


def order(name: str, content: dict[str, Any], **about: object) -> Order:
    """Return what the sender of this request orders, under the key of the request.

    Args:
        content: What the body says.
        about: What the address says.
    """
    actor = actors.current()
    content = {**content, **about}
    return Order(actor=actor.id, key=idempotency_key(), name=name, content=content)


def keep(order: Order) -> None:
    """Bind the key of a request that changes nothing, so that no other one can come under it.

    Raises:
        KeyReusedError: If another one has come.
    """
    once(parts().new_uow, order, parts().clock.now(), lambda _: "")


def expected() -> int | None:
    """Return the event number that the client has seen, if it says so.

    Raises:
        RequestError: If what it says is none.
    """
    match = request.headers.get("If-Match")
    if match is None or match.strip() == "*":
        return None
    number = _TAG.fullmatch(match.strip())
    if number is None:
        raise RequestError(HTTPStatus.BAD_REQUEST, "api.match.bad")
    return int(number[1])
