"""Which township agent (代办员) a project gets: by place, absence and load."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.events import AgentLoad

IN_TOWNSHIP = "least_loaded_in_township"
ELSEWHERE = "least_loaded_elsewhere"
LEADER = "leader"


class Choice(NamedTuple):
    """The agent chosen, by which rule, and the agents that were compared."""

    agent: str
    rule: str
    seen: tuple[AgentLoad, ...]


def choose(roster: Sequence[AgentLoad], township: str) -> Choice | None:
    """Return the present agent with the least load: of the township, else of the district.

    Equal loads go to the smaller id, so that the choice can be repeated. None when every agent of
    the district is away.
    """
    here = tuple(each for each in roster if each.township == township)
    for rule, group in ((IN_TOWNSHIP, here), (ELSEWHERE, tuple(roster))):
        present = [each for each in group if not each.away]
        if present:
            first = min(present, key=lambda each: (each.load, each.agent))
            return Choice(first.agent, rule, tuple(sorted(group, key=lambda each: each.agent)))
    return None
