"""Projects in lists."""

from __future__ import annotations

from marshmallow import fields  # noqa: TC002 - marshmallow reads the class bodies

from api.schemas.base import (
    NameSchema,
    Strict,
    choice,
    coded,
    day,
    figure,
    instant,
    lines,
    one,
    said,
    whole,
    words,
)
from api.schemas.tasks import PageSchema, TaskCountsSchema
from workflows.clock import Lamp
from workflows.project import ProjectStatus


def project_order() -> fields.String:
    """Describe how projects may be sorted: by what an index helps with."""
    orders = ["-filed_at", "filed_at", "-code", "code"]
    return choice("Order; with a minus, descending", orders, default=orders[0])


class ProjectFilterSchema(Strict):
    """Which projects, as far as their count is asked for too."""

    flow = whole("Flow type", least=1, most=99, required=False, query=True)
    township = coded("Township code", required=False)
    agent = coded("Agent's person id", required=False)
    owner = coded("Organisation that builds", required=False)


class ProjectQuerySchema(ProjectFilterSchema, PageSchema):
    """Which projects."""

    status = choice("Where it stands", [each.value for each in ProjectStatus], required=False)
    lamp = choice(
        "Running ones whose worst clock, of all open tasks, has this colour",
        [each.value for each in Lamp],
        required=False,
    )
    q = words("Part of a code or name, big or small letters", required=False, longest=100)
    sort = project_order()


class ProjectCountsSchema(Strict):
    """How many projects stand where, and the worst clock of those that run."""

    running = figure("Running")
    completed = figure("Completed")
    withdrawn = figure("Withdrawn")
    terminated = figure("Terminated")
    lamps = one(TaskCountsSchema, "Running ones with open tasks, by the colour of the worst clock")


class ProjectSchema(Strict):
    """One project in a list."""

    code = said("Project code")
    name = said("Name; null when it was erased", none=True)
    flow = figure("Flow type")
    township = said("Township code")
    township_name = one(NameSchema, "What it is called; null where nobody said", none=True)
    owner = said("Organisation that builds")
    owner_name = one(NameSchema, "What it is called; null where nobody said", none=True)
    agent = said("Agent's person id", none=True)
    agent_name = said("Agent's name; null without one, or when it was erased", none=True)
    status = choice("Where it stands", [each.value for each in ProjectStatus])
    stage = figure("Furthest stage that has opened, 1-4")
    number = figure("Number of its last event")
    filed_at = instant("Filed, UTC")
    last_at = instant("Last event recorded, UTC")
    ended_at = instant("Ended, UTC", none=True)
    lamp = choice(
        "The worst clock of all open tasks; null where it does not run any more",
        [each.value for each in Lamp],
        none=True,
    )
    p50 = day("As likely done sooner as later; null where nobody forecast it yet", none=True)
    p80 = day("Four of five are done no later", none=True)


class ProjectPageSchema(Strict):
    """A page of projects."""

    data = lines(ProjectSchema, "Projects")
    next = said("Cursor of the next page; null on the last", none=True)


class HistoryQuerySchema(Strict):
    """Which part of a history."""

    after = whole("Number of the last event already known", default=0, query=True)
    sort = choice("Order; with a minus, the newest first", ["number", "-number"], default="number")
    limit = whole("Most events", least=1, most=1000, default=200, query=True)
