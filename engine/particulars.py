"""What some commands let a decision look at beyond the project, read under the project's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import streams
from engine.credits import read as read_credit
from engine.store import log, queries
from workflows import commands as c
from workflows.decide.items import COMMITTED
from workflows.moments import local_date
from workflows.project import run_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.store.port import Connection
    from workflows.events import AgentLoad, Event
    from workflows.facts import Actor
    from workflows.project import Project


def roster(
    connection: Connection, command: c.Command, now: datetime
) -> tuple[tuple[AgentLoad, ...], tuple[str, ...]]:
    """Return the agents with their load and the townships, for commands that ask for them."""
    if not isinstance(command, c.FileProject | c.AssignAgent):
        return (), ()
    return queries.agent_loads(connection, now), queries.townships(connection)


def entropy(connection: Connection, code: str, command: c.Command, before: Project | None) -> str:
    """Return the seed of a draw: the hash of the event that opened the round."""
    if before is None or not isinstance(command, c.DrawPair):
        return ""
    run = before.runs.get(run_key(command.stage, command.unit))
    if run is None:
        return ""
    return log.event_hash(connection, streams.of_project(code), run.round.opened_by) or ""


def credit(
    connection: Connection, command: c.Command, before: Project | None, now: datetime
) -> Mapping[str, str]:
    """Return how the owner stands, for a commitment; nothing for other commands."""
    committing = isinstance(command, c.CompleteStep) and command.outcome == COMMITTED
    if before is None or not committing:
        return {}
    return {before.owner: read_credit(connection, before.owner).level(local_date(now)).value}


def history(
    connection: Connection, code: str, command: c.Command, before: Project | None
) -> tuple[Event, ...]:
    """Return the project's whole log, for corrections; nothing for other commands."""
    if before is None or not isinstance(command, c.CorrectTime | c.RevertStep):
        return ()
    found = log.envelopes(connection, streams.of_project(code), last=before.number)
    return tuple(each.event for each in found)


def subject(command: c.Command, history: tuple[Event, ...]) -> Event | None:
    """Return the earlier event that a correction names; None where there is none."""
    if not isinstance(command, c.CorrectTime | c.RevertStep):
        return None
    return history[command.event - 1] if 0 < command.event <= len(history) else None


def assignee(connection: Connection, command: c.Command) -> Actor | None:
    """Return whom a task is to be assigned to; None where nobody active is so named."""
    return _active(connection, command.person) if isinstance(command, c.AssignTask) else None


def approver(connection: Connection, command: c.Command) -> Actor | None:
    """Return who is said to have approved; None where nobody active is so named."""
    if not isinstance(command, c.StartProcedure | c.StartJointVisit | c.ExtendLimit):
        return None
    return _active(connection, command.approved_by)


def _active(connection: Connection, person: str) -> Actor | None:
    found = queries.person(connection, person)
    return None if found is None or not found.active else found.actor
