"""What is mine: my session, where I am signed in, my tokens, all that is kept of me."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from api import actors, kept, limits, trail
from api.contract import orders, reads
from api.desk import order
from api.parser import Nouns
from api.parts import parts
from api.present import members
from api.problems import RequestError
from api.schemas.accounts import (
    EndedSchema,
    KeptSchema,
    OwnSessionsSchema,
    SessionSchema,
    TokenIssuedSchema,
    TokenIssuingSchema,
    TokensSchema,
)
from api.schemas.orders import EmptySchema
from api.worked_out import READING
from engine.people import Scope
from workflows.errors import NotAllowedError
from workflows.facts import Role

nouns = Nouns("own", __name__, description="What is mine: session, tokens, what is kept of me")
Row = dict[str, Any]


@nouns.route("/session", methods=["GET"])
@reads(nouns, "getSession", SessionSchema)
def show_session() -> Row:
    """Show how I am known.

    For a browser with what its pages must send in `X-CSRF-Token` with each change.
    """
    known = actors.sender()
    return {
        "person": known.actor.id,
        "way": known.way,
        "scopes": sorted(known.scopes),
        "guard": known.guard,
        "expires_at": None if known.session is None else known.session.expires_at,
    }


@nouns.route("/people/me/sessions", methods=["GET"])
@reads(nouns, "listOwnSessions", OwnSessionsSchema)
def list_sessions() -> Row:
    """List where I am signed in.

    The browsers, the newest first.
    """
    known = actors.sender()
    here = None if known.session is None else known.session.id
    found = parts().sessions.all(known.actor.id)
    return {"data": [{**members(each), "here": each.id == here} for each in found]}


@nouns.route("/people/me/sessions/<word:session>/end", methods=["POST"])
@orders(nouns, "endOwnSession", EmptySchema, answer=EndedSchema, tagged=False)
def end_session(body: Row, session: str) -> Row:
    """End one of my sessions.

    At once, also the one by which this request comes.
    """
    actor = actors.in_person()
    ended = order("endOwnSession", body, session=session)
    return {"ended": parts().sessions.end_of(actor.id, session, ended)}


@nouns.route("/people/me/tokens", methods=["GET"])
@reads(nouns, "listOwnTokens", TokensSchema)
def list_tokens() -> Row:
    """List my tokens.

    Without what proves them.
    """
    found = parts().people.tokens(actors.current().id)
    return {"data": [{**members(each), "scopes": each.scopes.split()} for each in found]}


@nouns.route("/people/me/tokens", methods=["POST"])
@orders(
    nouns,
    "issueOwnToken",
    TokenIssuingSchema,
    answer=TokenIssuedSchema,
    status=HTTPStatus.CREATED,
    tagged=False,
)
def issue_token(body: Row) -> Row:
    """Issue a token for a program of mine.

    It is shown this once. A token cannot issue another: a person does.
    """
    actor = actors.in_person()
    wanted = frozenset(map(Scope, body["scopes"]))
    if Scope.ADMIN in wanted and Role.ADMINISTRATOR not in actor.roles:
        raise NotAllowedError(actor=actor.id, command=Scope.ADMIN.value)
    made = parts().people.order_token(
        order("issueOwnToken", body), timedelta(days=body["days"]), wanted, body["label"]
    )
    trail.mention(made.id)
    return {"id": made.id, "token": made.secret or ""}


@nouns.route("/people/me/tokens/<word:token>/revoke", methods=["POST"])
@orders(nouns, "revokeOwnToken", EmptySchema, answer=EndedSchema, tagged=False)
def revoke_token(body: Row, token: str) -> Row:
    """Take one of my tokens back.

    At once.
    """
    actor = actors.in_person()
    revoked = order("revokeOwnToken", body, token=token)
    return {"ended": int(parts().people.revoke_token_of(actor.id, token, revoked))}


@nouns.route("/people/me/data", methods=["GET"])
@reads(nouns, "getOwnData", KeptSchema)
def show_data() -> Row:
    """Show all that is kept of me.

    As the law on personal information lets everybody ask for it.
    """
    actor = actors.in_person()
    limits.count(actor.id, READING)
    found = parts().personal.of(actor.id)
    if found is None:
        raise RequestError(HTTPStatus.NOT_FOUND, "api.http.404")
    return kept.row(found)
