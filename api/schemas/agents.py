"""Agents (代办员), their load and caseload."""

from __future__ import annotations

from api.schemas.base import (
    NameSchema,
    Strict,
    asked_day,
    choice,
    coded,
    day,
    figure,
    instant,
    lines,
    one,
    said,
    truth,
)
from api.schemas.projects import project_order
from api.schemas.tasks import PageSchema
from workflows.project import ProjectStatus


class AgentQuerySchema(Strict):
    """Which agents."""

    township = coded("Township code", required=False)


class RosterAgentSchema(Strict):
    """One agent of the roster."""

    agent = said("Person id")
    name = said("Name; null when it was erased", none=True)
    township = said("Township code")
    township_name = one(NameSchema, "What it is called; null where nobody said", none=True)
    running = figure("Running projects")
    away = truth("Away today")
    away_from = day("First day away", none=True)
    away_to = day("Last day away", none=True)


class AbsenceSchema(Strict):
    """Days away, both included; both null = back."""

    township = coded("Township of the roster")
    first = asked_day("First day away; null with last", none=True)
    last = asked_day("Last day away; null with first", none=True)


class RosterLineSchema(RosterAgentSchema):
    """An agent in a list."""


class RosterSchema(Strict):
    """Agents of the district or of one township."""

    data = lines(RosterLineSchema, "Agents, by township and id")


class CaseQuerySchema(PageSchema):
    """Which part of a caseload."""

    sort = project_order()


class CaseSchema(Strict):
    """One project of an agent."""

    code = said("Project code")
    name = said("Name; null when it was erased", none=True)
    flow = figure("Flow type")
    township = said("Township code")
    township_name = one(NameSchema, "What it is called; null where nobody said", none=True)
    status = choice("Where it stands", [each.value for each in ProjectStatus])
    stage = figure("Furthest stage that has opened, 1-4")
    open_tasks = figure("Open tasks of the project")
    wanted = figure("Items at their door: held, offered, or to be filed again")
    filed_at = instant("Filed, UTC")


class CaseloadSchema(Strict):
    """A page of an agent's projects."""

    data = lines(CaseSchema, "Projects")
    next = said("Cursor of the next page; null on the last", none=True)
