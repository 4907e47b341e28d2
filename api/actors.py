"""Who sends a request: a token's holder, a browser that signed in, or a demonstration's persona."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from http import HTTPStatus
from secrets import compare_digest
from typing import TYPE_CHECKING

from flask import g, request

from api import cookies, limits
from api.parts import parts
from api.problems import RequestError
from engine.people import PREFIX, USUAL, Scope
from engine.sessions import guard
from workflows.errors import NotAllowedError
from workflows.facts import Role

if TYPE_CHECKING:
    from engine.store.accounts import Session
    from workflows.facts import Actor

PERSONA = "X-Abreast-Persona"
GUARD = "X-CSRF-Token"
_KNOWN = "sender"
_LONGEST_TOKEN = 200
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends, how that is known, and what may be asked for that way.

    Attributes:
        way: "token", "persona", "password" or "oidc".
        session: The browser's session, where it is one.
        guard: What the browser's pages send in the header X-CSRF-Token.
    """

    actor: Actor
    way: str
    scopes: frozenset[Scope]
    session: Session | None = None
    guard: str | None = None


def current() -> Actor:
    """Return the sender of this request.

    Raises:
        RequestError: 401 if nobody is named, or the name proves nothing; 403 if the token is not
            for this, or a browser did not show that a page of ours asks; 429 if it asks too often.
    """
    return sender().actor


def sender() -> Sender:
    """Return the sender of this request with how it is known; see `current`."""
    known: Sender | None = g.get(_KNOWN)
    if known is not None:
        return known  # asked for more than once a request
    found = _by_token() or _by_persona() or _by_session()
    if found is None:
        # Only who proves nothing: a visitor must not shut out the office behind the same address.
        limits.count_stranger()
        raise RequestError(HTTPStatus.UNAUTHORIZED, "api.actor.unknown")
    setattr(g, _KNOWN, found)
    limits.count(found.actor.id)
    _check_scope(found, Scope.READ if request.method in _SAFE else Scope.WRITE)
    _check_guard(found)
    return found


def reader() -> Actor:
    """Return the sender as far as their token lets them see: not for people, it shows no people.

    Raises:
        RequestError: As for `current`.
    """
    known = sender()
    if Scope.ADMIN in known.scopes:
        return known.actor
    return replace(known.actor, roles=known.actor.roles - {Role.ADMINISTRATOR})


def again() -> Actor:
    """Return the sender, asked anew: an answer that lasts must not outlast the right to it.

    Raises:
        RequestError: As for `current`.
    """
    g.pop(_KNOWN, None)
    return current()


def noted() -> str:
    """Return the id of the sender as far as this request has asked for it; "-" for nobody."""
    known: Sender | None = g.get(_KNOWN)
    return "-" if known is None else known.actor.id


def administrator(what: str) -> Actor:
    """Return the sender, who administers.

    Raises:
        NotAllowedError: If they do not; it names *what* was to be done.
        RequestError: As for `current`; 403 if the token is not for administering.
    """
    known = sender()
    if Role.ADMINISTRATOR not in known.actor.roles:
        raise NotAllowedError(actor=known.actor.id, command=what)
    _check_scope(known, Scope.ADMIN)
    return known.actor


def in_person() -> Actor:
    """Return the sender, who is a person and not a program with a token.

    Raises:
        RequestError: As for `current`; 403 for a token, which may not make itself more of them.
    """
    known = sender()
    if known.way == "token":
        raise RequestError(HTTPStatus.FORBIDDEN, "account.in_person")
    return known.actor


def _check_scope(known: Sender, scope: Scope) -> None:
    if scope not in known.scopes:
        raise RequestError(HTTPStatus.FORBIDDEN, "account.scope", scope=scope.value)


def _check_guard(known: Sender) -> None:
    """Check that a page of ours changes something, not a stranger's in the same browser."""
    if known.guard is None or request.method in _SAFE:
        return
    shown = request.headers.get(GUARD, "")
    if not compare_digest(shown.encode(), known.guard.encode()):
        raise RequestError(HTTPStatus.FORBIDDEN, "account.guard", header=GUARD)


def _by_token() -> Sender | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(PREFIX) or len(token) > _LONGEST_TOKEN:
        return None
    held = parts().people.holder(token)
    return None if held is None else Sender(actor=held.actor, way="token", scopes=held.scopes)


def _by_session() -> Sender | None:
    secret = cookies.session()
    found = None if secret is None else parts().sessions.of(secret)
    if secret is None or found is None:
        return None
    return Sender(
        actor=found.actor,
        way=found.session.way,
        scopes=reach(found.actor),
        session=found.session,
        guard=guard(secret),
    )


def _by_persona() -> Sender | None:
    """Return the persona named by the header, in demonstrations on the machine's own address only.

    The Host header is looked at too: a page of a stranger whose name was pointed at this machine
    must not be able to ask in a visitor's browser.
    """
    persona = request.headers.get(PERSONA)
    if persona is None or not is_demonstration():
        return None
    found = parts().people.get(persona)
    if found is None or not found.active:
        return None
    return Sender(actor=found.actor, way="persona", scopes=reach(found.actor))


def reach(actor: Actor) -> frozenset[Scope]:
    """Return what a person may do in person, and their tokens at most."""
    return frozenset(Scope) if Role.ADMINISTRATOR in actor.roles else USUAL


def is_demonstration() -> bool:
    """Tell whether this request may be of whom it likes: a demonstration, asked from here."""
    settings = parts().settings
    host = request.host
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return (
        settings.demo
        and is_loopback(settings.host)
        and is_loopback(request.remote_addr or "")
        and name in _LOOPBACK_NAMES
    )


def is_loopback(address: str) -> bool:
    """Tell whether an address is of this machine.

    >>> [is_loopback(each) for each in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "")]
    [True, True, True, False, False]
    """
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
