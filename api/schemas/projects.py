"""Projects in lists."""

from __future__ import annotations

from marshmallow import fields  # noqa: TC002 - marshmallow reads the class bodies

from api.schemas.base import Strict, choice, coded, figure, instant, lines, said, whole
from api.schemas.tasks import PageSchema
from workflows.project import ProjectStatus


def project_order() -> fields.String:
    """Describe how projects may be sorted: by what an index helps with."""
    orders = ["-filed_at", "filed_at", "-code", "code"]
    return choice("Order; with a minus, descending", orders, default=orders[0])


class ProjectQuerySchema(PageSchema):
    """Which projects."""

    township = coded("Township code", required=False)
    agent = coded("Agent's person id", required=False)
    owner = coded("Organisation that builds", required=False)
    status = choice("Where it stands", [each.value for each in ProjectStatus], required=False)
    sort = project_order()


class ProjectSchema(Strict):
    """One project in a list."""

    code = said("Project code")
    name = said("Name; null when it was erased", none=True)
    flow = figure("Flow type")
    township = said("Township code")
    owner = said("Organisation that builds")
    agent = said("Agent's person id", none=True)
    status = choice("Where it stands", [each.value for each in ProjectStatus])
    stage = figure("Furthest stage that has opened, 1-4")
    number = figure("Number of its last event")
    filed_at = instant("Filed, UTC")
    last_at = instant("Last event recorded, UTC")
    ended_at = instant("Ended, UTC", none=True)


class ProjectPageSchema(Strict):
    """A page of projects."""

    data = lines(ProjectSchema, "Projects")
    next = said("Cursor of the next page; null on the last", none=True)


class HistoryQuerySchema(Strict):
    """Which part of a history."""

    after = whole("Number of the last event already known", default=0, query=True)
    limit = whole("Most events", least=1, most=1000, default=200, query=True)
