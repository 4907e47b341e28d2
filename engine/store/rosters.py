"""Writes the rows of a township's roster beside its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from engine.store.tables import AgentRow
from workflows.roster import Agent

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflows.roster import Roster


def put_agents(connection: Connection, roster: Roster) -> None:
    """Make the rows of the township what *roster* says; a roster is small."""
    connection.execute(delete(AgentRow).where(AgentRow.township == roster.township))
    made = [
        {
            "id": agent.id,
            "township": roster.township,
            "away_from": agent.away_from,
            "away_to": agent.away_to,
        }
        for agent in roster.agents.values()
    ]
    if made:
        connection.execute(insert(AgentRow), made)


def stored_agents(connection: Connection, township: str) -> tuple[Agent, ...]:
    """Return the agents of a township as they are stored, by id."""
    columns = (AgentRow.id, AgentRow.away_from, AgentRow.away_to)
    query = select(*columns).where(AgentRow.township == township).order_by(AgentRow.id)
    return tuple(Agent(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - SQLAlchemy's public name
