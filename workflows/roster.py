"""Who may be given projects in one township: the stream `roster:TOWNSHIP`, rules and state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, assert_never

from workflows.access import KEEPERS, Keep, Scope, may
from workflows.errors import NotAllowedError, Refusal, UnknownAgentError

if TYPE_CHECKING:
    from workflows.facts import Actor


class AgentJoinedError(Refusal):
    """The agent is on the township's roster already."""

    code = "roster.joined"


class AbsenceError(Refusal):
    """An absence has a first and a last day, in that order, or neither."""

    code = "roster.absence"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRoster:
    """Let a person take projects of the township."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRoster:
    """Give the person no more projects; what runs stays with them."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAbsence:
    """Say when an agent is away, first and last day included; both None = back."""

    agent: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJoined:
    """An agent who takes projects from now on."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeft:
    """An agent who takes no more."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceSet:
    """Days away, both included; None = back."""

    agent: str
    first: date | None
    last: date | None


Command = JoinRoster | LeaveRoster | SetAbsence
Body = AgentJoined | AgentLeft | AbsenceSet
KINDS: dict[str, type[Body]] = {
    "AgentJoined": AgentJoined,
    "AgentLeft": AgentLeft,
    "AbsenceSet": AbsenceSet,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One agent on the roster, and the days away, both included."""

    id: str
    away_from: date | None = None
    away_to: date | None = None

    def away(self, day: date) -> bool:
        """Tell whether the agent is away on *day*."""
        if self.away_from is None or self.away_to is None:
            return False
        return self.away_from <= day <= self.away_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The agents of one township, by id; *number* is that of the last event."""

    township: str
    number: int = 0
    agents: dict[str, Agent] = field(default_factory=dict)


def decide(roster: Roster, command: Command, actor: Actor) -> Body:
    """Return what comes of *command*.

    Raises:
        NotAllowedError: If the actor neither supervises the township nor administers.
        AgentJoinedError: If the agent is on the roster already.
        UnknownAgentError: If the agent is not on the roster.
        AbsenceError: If the absence ends before it begins, or only one day is given.
    """
    _check_actor(roster, actor)
    match command:
        case JoinRoster(agent=agent):
            if agent in roster.agents:
                raise AgentJoinedError(agent=agent, township=roster.township)
            return AgentJoined(agent=agent)
        case LeaveRoster(agent=agent):
            _check_known(roster, agent)
            return AgentLeft(agent=agent)
        case SetAbsence(agent=agent, first=first, last=last):
            _check_known(roster, agent)
            _check_days(agent, first, last)
            return AbsenceSet(agent=agent, first=first, last=last)
        case _:
            assert_never(command)


def evolve(roster: Roster, number: int, body: Body) -> Roster:
    """Return the roster after event *number*."""
    agents = dict(roster.agents)
    match body:
        case AgentJoined(agent=agent):
            agents[agent] = Agent(id=agent)
        case AgentLeft(agent=agent):
            del agents[agent]
        case AbsenceSet(agent=agent, first=first, last=last):
            agents[agent] = replace(agents[agent], away_from=first, away_to=last)
        case _:
            assert_never(body)
    return replace(roster, number=number, agents=agents)


def _check_actor(roster: Roster, actor: Actor) -> None:
    if not may(actor, KEEPERS[Keep.ROSTER], Scope(township=roster.township)):
        raise NotAllowedError(actor=actor.id, command="roster", township=roster.township)


def _check_known(roster: Roster, agent: str) -> None:
    if agent not in roster.agents:
        raise UnknownAgentError(agent=agent, agents=sorted(roster.agents))


def _check_days(agent: str, first: date | None, last: date | None) -> None:
    if first is None and last is None:
        return
    if first is None or last is None or last < first:
        raise AbsenceError(agent=agent, first=first, last=last)
