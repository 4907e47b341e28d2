"""Everybody who asks the interface, with tokens of their own, and a million tasks for them."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from bench.live import databases, journeys
from engine.store.queries import Person
from wire import assemble
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.facts import Actor

TOWNSHIPS, AGENTS, DEPARTMENTS, OWNERS = 12, 240, 16, 20_000
WORKING = 10  # tasks of one project that are open at once
_DAY = timedelta(days=1)
# Projects of ten open tasks each: the joint application, two of the owner, three at the window,
# one inspection, one of the agent, three of departments; opened within ninety days.
_TASKS = """
INSERT INTO task (project, unit, path, stage, item, attempt, step, performer, department, outcomes,
                  person, opened_at, township, agent, owner)
SELECT 'crowd-' || lpad((n / 10)::text, 8, '0'), 0, 'stage_1/task_' || n % 10, 1,
    CASE n % 10 WHEN 0 THEN NULL ELSE 'S1-0' || n % 10 END, 1, 'review',
    CASE WHEN n % 10 IN (0, 1) THEN 'owner' WHEN n % 10 IN (2, 3, 4) THEN 'window'
         WHEN n % 10 = 5 THEN 'inspector' WHEN n % 10 = 6 THEN 'agent' ELSE 'department' END,
    CASE n % 10 WHEN 0 THEN NULL ELSE 'department-' || (n / 10 * 7 + n) % {departments} END,
    'done failed', NULL,
    timestamptz '2026-01-01' + interval '1 second' * (n::bigint * 7919 % 7776000),
    'township-' || n / 10 % {townships}, 'agent-' || n / 10 % {agents}, 'o-' || n / 10 % {owners}
FROM generate_series(0, {tasks} - 1) AS n
"""


def fill(url: str, tasks: int) -> None:
    """Write open tasks, as rows alone: there is no log behind them, and nobody replays them."""
    told = _TASKS.format(
        departments=DEPARTMENTS, townships=TOWNSHIPS, agents=AGENTS, owners=OWNERS, tasks=tasks
    )
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute(told.encode())
        raw.execute("VACUUM ANALYZE task")


def tokens(url: str, *persons: Person) -> dict[str, str]:
    """Register people and return a token for each, by id."""
    with closing(assemble(databases.settings(url))) as parts:
        parts.people.put(*persons)
        return {each.id: parts.people.issue_token(each.id, _DAY) for each in persons}


def travellers() -> tuple[Person, ...]:
    """Return everyone who gives an order in the recorded journeys."""
    actors = {order.actor.id: order.actor for orders in journeys.recorded() for order in orders}
    return tuple(_person(actor) for actor in actors.values())


def workers() -> tuple[Person, ...]:
    """Return who asks for a work list: most of them agents, as in an office."""
    return tuple(_workers())


def _workers() -> Iterator[Person]:
    for number in range(AGENTS):
        township = f"township-{number % TOWNSHIPS}"
        yield _who(f"agent-{number}", Role.AGENT, township=township)
    for number in range(TOWNSHIPS):
        for role in (Role.WINDOW, Role.SUPERVISOR):
            yield _who(f"{role}-{number}", role, township=f"township-{number}")
    for number in range(DEPARTMENTS):
        for role in (Role.REVIEWER, Role.INSPECTOR, Role.DEPARTMENT_LEAD):
            yield _who(f"{role}-{number}", role, department=f"department-{number}")
    for number in range(WORKING):
        yield _who(f"owner-{number}", Role.OWNER, organisation=f"o-{number}")
    for role in (Role.WINDOW, Role.STAGE_LEAD, Role.PLANNER, Role.ADMINISTRATOR):
        yield _who(f"{role}-of-the-district", role)


def _person(actor: Actor) -> Person:
    return Person(
        id=actor.id,
        name=actor.id,
        roles=actor.roles,
        organisation=actor.organisation,
        department=actor.department,
        township=actor.township,
    )


def _who(
    identity: str,
    role: Role,
    *,
    organisation: str | None = None,
    department: str | None = None,
    township: str | None = None,
) -> Person:
    return Person(
        id=identity,
        name=identity,
        roles=frozenset({role}),
        organisation=organisation,
        department=department,
        township=township,
    )
