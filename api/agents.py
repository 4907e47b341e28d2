"""Agents (代办员): the roster with loads, one agent's projects, days away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import actors, present
from api.called import named
from api.contract import orders, reads
from api.cursors import page_of, place_of, read_cursor, write_cursor
from api.desk import idempotency_key
from api.parser import Nouns
from api.parts import parts
from api.problems import InvalidError, RequestError
from api.schemas.agents import (
    AbsenceSchema,
    AgentQuerySchema,
    CaseloadSchema,
    CaseQuerySchema,
    RosterAgentSchema,
    RosterSchema,
)
from engine.store import queries
from workflows.access import READS, Read, Scope, may
from workflows.moments import local_date
from workflows.roster import SetAbsence

if TYPE_CHECKING:
    from engine.store.port import Connection
    from engine.store.queries import AgentLine
    from workflows.facts import Actor

nouns = Nouns("agents", __name__, description="Township agents (代办员) and their projects")
Row = dict[str, Any]


@nouns.route("/agents", methods=["GET"])
@reads(nouns, "listAgents", RosterSchema, query=AgentQuerySchema)
def list_agents(query: Row) -> Row:
    """List the agents.

    The roster of the district or of one township, with each agent's running projects.
    """
    actors.current()
    today = local_date(parts().clock.now())
    with parts().new_uow() as uow:
        lines = queries.agents(uow.connection, query.get("township"))
    return {"data": named((_agent(line, today) for line in lines), ("township",))}


@nouns.route("/agents/<word:agent>/caseload", methods=["GET"])
@reads(nouns, "getCaseload", CaseloadSchema, query=CaseQuerySchema)
def show_caseload(query: Row, agent: str) -> Row:
    """Show an agent's caseload.

    Those of the agent's running projects that the sender sees, the newest first, with how much
    is open and wanted in each.
    """
    actor = actors.current()
    order = query["sort"]
    place = queries.PROJECT_ORDERS[order.removeprefix("-")]
    after = read_cursor(query.get("cursor"), place)
    with parts().new_uow() as uow:
        _check_sight(uow.connection, actor, agent)
        lines = queries.caseload(
            uow.connection,
            agent,
            viewer=actor,
            after=after,
            limit=query["limit"] + 1,
            order=order,
        )
    page, last = page_of(lines, query["limit"])
    end = None if last is None else write_cursor(place_of(last.project, place))
    return {"data": named(map(present.case, page), ("township",)), "next": end}


@nouns.route("/agents/<word:agent>/absence", methods=["POST"])
@orders(nouns, "setAbsence", AbsenceSchema, answer=RosterAgentSchema, tagged=False)
def set_absence(body: Row, agent: str) -> Row:
    """Say when an agent is away.

    A supervisor of the township or an administrator does so. In these days the agent gets no new
    project; what runs stays with them. Both days null: the agent is back.
    """
    township = body["township"]
    first, last = _day(body["first"], "/first"), _day(body["last"], "/last")
    command = SetAbsence(agent=agent, first=first, last=last)
    actor, key = actors.current(), idempotency_key()
    told = parts().rosters.execute(township, command, actor, key).agents[agent]
    today = local_date(parts().clock.now())
    with parts().new_uow() as uow:
        lines = queries.agents(uow.connection, township)
    found = next((line for line in lines if line.agent == agent), None)
    if found is None:  # an old key came again after the agent had left
        raise RequestError(HTTPStatus.NOT_FOUND, "person.unknown")
    line = _agent(replace(found, away_from=told.away_from, away_to=told.away_to), today)
    return named((line,), ("township",))[0]


def _day(given: str | None, pointer: str) -> date | None:
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError as error:
        raise InvalidError.at(pointer, "api.field.pattern") from error


def _check_sight(connection: Connection, actor: Actor, agent: str) -> None:
    """Refuse an agent who is unknown or out of the actor's sight; both look the same.

    Raises:
        RequestError: 404.
    """
    townships = [line.township for line in queries.agents(connection) if line.agent == agent]
    scopes = (Scope(township=township, agent=agent) for township in townships)
    if not any(may(actor, READS[Read.CASELOAD], scope) for scope in scopes):
        raise RequestError(HTTPStatus.NOT_FOUND, "person.unknown")


def _agent(line: AgentLine, today: date) -> Row:
    first, last = line.away_from, line.away_to
    away = first is not None and last is not None and first <= today <= last
    return {**present.members(line), "name": line.name or None, "running": line.load, "away": away}
