"""Who sends a request: the holder of a token, or a persona of the demonstration."""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import g, request

from api.parts import parts
from api.problems import RequestError
from engine.people import PREFIX

if TYPE_CHECKING:
    from workflows.facts import Actor

PERSONA = "X-Abreast-Persona"
_KNOWN = "actor"
_LONGEST_TOKEN = 200
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def current() -> Actor:
    """Return the sender of this request.

    Raises:
        RequestError: 401 if nobody is named, or the name proves nothing.
    """
    known: Actor | None = g.get(_KNOWN)
    actor = known or _by_token() or _by_persona()
    if actor is None:
        raise RequestError(HTTPStatus.UNAUTHORIZED, "api.actor.unknown")
    setattr(g, _KNOWN, actor)  # asked for more than once a request
    return actor


def _by_token() -> Actor | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(PREFIX) or len(token) > _LONGEST_TOKEN:
        return None
    return parts().people.actor_by_token(token)


def _by_persona() -> Actor | None:
    """Return the persona named by the header, in demonstrations on the machine's own address only.

    The Host header is looked at too: a page of a stranger whose name was pointed at this machine
    must not be able to ask in a visitor's browser.
    """
    persona = request.headers.get(PERSONA)
    if persona is None or not _is_demonstration():
        return None
    found = parts().people.get(persona)
    return None if found is None or not found.active else found.actor


def _is_demonstration() -> bool:
    settings = parts().settings
    host = request.host
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return (
        settings.demo
        and _is_loopback(settings.host)
        and _is_loopback(request.remote_addr or "")
        and name in _LOOPBACK_NAMES
    )


def _is_loopback(address: str) -> bool:
    """Tell whether an address is of this machine.

    >>> [_is_loopback(each) for each in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "")]
    [True, True, True, False, False]
    """
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
