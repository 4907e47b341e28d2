"""Open tasks."""

from __future__ import annotations

from api.schemas.base import (
    Strict,
    choice,
    coded,
    codes,
    day,
    figure,
    flag,
    instant,
    lines,
    said,
    truth,
    whole,
    words,
)
from bpmn.diagram import Performer
from workflows.clock import Lamp

MOST_ROWS = 200
FEW_ROWS = 50


class PageSchema(Strict):
    """Which part of a list."""

    cursor = words("Where the last page ended, as its `next` said", required=False, longest=400)
    limit = whole("Most rows of a page", least=1, most=MOST_ROWS, default=FEW_ROWS, query=True)


class TaskCountQuerySchema(Strict):
    """Which tasks are counted."""

    performer = choice("Who is to do it", [each.value for each in Performer], required=False)
    department = coded("Department code", required=False)
    township = coded("Township code", required=False)
    person = coded("Person who holds it", required=False)
    agent = coded("Agent of the project", required=False)
    project = words("Project code", required=False, longest=40)
    mine = flag(
        "Only the sender's: those they hold, and those they may complete and nobody else holds. "
        "Left out: false for leads, supervisors, planners and administrators, true for everyone "
        "else, and for an agent also what others have to do in the agent's projects",
    )


class TaskQuerySchema(TaskCountQuerySchema, PageSchema):
    """Which tasks."""

    sort = choice(
        "Order; with a minus, descending. `due`: what is due first, then what has no due day",
        ["opened_at", "-opened_at", "project", "-project", "due"],
        default="opened_at",
    )
    lamp = choice(
        "Colour of the clock; asks for `sort=due`", [each.value for each in Lamp], required=False
    )


class TaskSchema(Strict):
    """One open task."""

    id = said("UNIT/ITEM/ATTEMPT/STEP; the address of its commands")
    project = said("Project code")
    unit = figure("Unit")
    stage = figure("Stage")
    item = said("Item code; null for the joint application", none=True)
    attempt = figure("Attempt")
    step = said("Step")
    performer = choice("Who is to do it", [each.value for each in Performer])
    department = said("Department code", none=True)
    person = said("Person who holds it", none=True)
    outcomes = codes("Outcomes with which it may be completed")
    opened_at = instant("Open since, UTC")
    township = said("Township of the project")
    agent = said("Agent of the project", none=True)
    name = said("Name of the project; null when it was erased", none=True)
    due = said("Last day of the committed limit; before acceptance, to accept it; ISO", none=True)
    left = figure("Days left of it today; negative when overdue", none=True)
    limit_unit = said("What these days are: working_day or calendar_day", none=True)
    limit_source = said("Source key of the limit", none=True)
    provisional = truth("Days on the way to the due day are not published yet")
    may_complete = truth("The sender may complete it; otherwise it is another's turn")
    lamp = choice("Colour of the item's clock", [each.value for each in Lamp])
    told = day("The earliest day that somebody was told for the item beside its limit", none=True)
    told_passed = truth("Such a day lies behind: see the list of deadlines")


class TaskCountsSchema(Strict):
    """How many open tasks have a clock of each colour."""

    red = figure("Overdue")
    yellow = figure("At risk")
    green = figure("In time")
    paused = figure("Paused")
    none = figure("Without a running clock")


class TaskPageSchema(Strict):
    """A page of tasks, the longest open first."""

    data = lines(TaskSchema, "Tasks")
    next = said("Cursor of the next page; null on the last", none=True)
