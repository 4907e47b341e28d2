"""What anybody may know of a project: no person, no organisation, no free text."""

from __future__ import annotations

from api.schemas.base import NameSchema, Strict, choice, day, figure, many, one, said, truth
from api.schemas.forecasts import DatesSchema
from workflows.catalogue.values import DayUnit
from workflows.clock import Lamp
from workflows.progress import Cause, ItemStanding, StageState
from workflows.project import ProjectStatus


class PublicClockSchema(Strict):
    """A limit in days."""

    days = figure("Days of the limit")
    unit = said("working_day or calendar_day")
    source = said("Source key of the limit")
    due = day("Last day inside the limit; null while it cannot be known", none=True)
    provisional = truth("Working days on the way to it are not published yet")
    left = figure("Days left; negative: overdue; null: it does not run", none=True)
    lamp = choice("Lamp", [each.value for each in Lamp])


class PublicItemSchema(Strict):
    """An item."""

    item = said("Item code")
    name = one(NameSchema, "Name")
    department = one(NameSchema, "Department that handles it")
    state = choice("Where it stands", [each.value for each in ItemStanding])
    step = said("Open step", none=True)
    since = day("Since when", none=True)
    ended_on = day("Ended on", none=True)
    limit = one(PublicClockSchema, "Committed limit", none=True)
    statutory = one(PublicClockSchema, "Statutory limit, with its own lamp", none=True)


class PublicStageSchema(Strict):
    """A stage of one unit."""

    unit = figure("Unit; 0: the whole project")
    stage = figure("Stage")
    name = one(NameSchema, "Name")
    state = choice("Where it stands", [each.value for each in StageState])
    granted = figure("Items that are granted")
    wanted = figure("Items there are to be")
    used_days = figure("Days used")
    used_source = said("Source key of the rule by which these days count")
    limit_days = figure("Days of the stage's limit", none=True)
    limit_source = said("Source key of the limit", none=True)
    counts = choice("What the days are", [each.value for each in DayUnit])
    items = many(PublicItemSchema, "Items")


class PublicBlockerSchema(Strict):
    """What the next milestone waits for."""

    cause = choice("Why it waits", [each.value for each in Cause])
    stage = figure("Stage")
    item = said("Item code", none=True)
    since = day("Since when")
    told = day("The earliest day that somebody was told for it, if any was", none=True)
    told_passed = truth("Such a day lies behind")
    turn = said("Whose turn it is: a kind of performer")
    department = one(NameSchema, "Department whose turn it is", none=True)


class PublicProjectSchema(Strict):
    """Where a project stands."""

    code = said("Project code")
    name = said("Name of the project; null once it was erased", none=True)
    flow = one(NameSchema, "Kind of flow")
    township = said("Township code")
    township_name = one(NameSchema, "What it is called; null where nobody said", none=True)
    status = choice("Status", [each.value for each in ProjectStatus])
    filed_on = day("Filed on")
    expected = one(
        DatesSchema, "When it will be done, as likely as said; null where nobody knows", none=True
    )
    stages = many(PublicStageSchema, "Stages that are open or were")
    waits = many(PublicBlockerSchema, "What the next milestone waits for")
