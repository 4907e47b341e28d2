"""Writes the rows of a township's roster beside its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert

from engine.store.tables import AgentRow

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
