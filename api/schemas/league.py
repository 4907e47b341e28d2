"""The tables behind the bottleneck report as they go out."""

from __future__ import annotations

from analysis.causes import Kind
from api.schemas.base import (
    NameSchema,
    Strict,
    asked_day,
    choice,
    coded,
    figure,
    lines,
    one,
    said,
    truth,
    whole,
)
from api.schemas.bottlenecks import CaseLineSchema, CasesQuerySchema, FiguresSchema, amount
from api.schemas.tasks import PageSchema

DIMENSIONS = ["department", "stage", "flow", "item", "township", "agent"]
STAGES = 5


class LeagueQuerySchema(Strict):
    """Whose figures, and of which attempts."""

    by = choice("Whose figures", DIMENSIONS, default="department")
    since = asked_day("Of attempts that ended on this day or later", required=False)
    until = asked_day("Of attempts that ended on this day or earlier", required=False)
    township = coded("Of projects of this township", required=False)


class LeagueLineSchema(FiguresSchema):
    """Figures in a list."""

    name = one(NameSchema, "What it is called; null where it has no name", none=True)


class LeagueSchema(Strict):
    """The figures of one dimension."""

    data = lines(LeagueLineSchema, "Figures")


class GateLineSchema(Strict):
    """How often an item closed a stage, in a list."""

    stage = figure("Stage")
    stage_name = one(NameSchema, "Name of the stage; null where the catalogue has none", none=True)
    milestone = truth("It made the milestone; else it was the last of the whole stage")
    item = said("Item code")
    item_name = one(NameSchema, "Name of the item; null where the catalogue has none", none=True)
    closed = figure("How often")
    closings = figure("Stage runs closed in this way")
    credit_days = amount("Mean days by which it was later than the runner-up")


class GatesSchema(Strict):
    """What closed the stages."""

    data = lines(GateLineSchema, "Items that were the last of a stage")


class CauseLineSchema(Strict):
    """Something that takes time, in a list."""

    place = figure("Its place, 1 = the most days")
    sure = truth("The place is resolved: no interval below reaches it")
    kind = choice("What sort of cause", [kind.value for kind in Kind])
    key = said("Department or item; empty for the others")
    text = one(NameSchema, "The cause in words")
    days = amount("Days a project")
    low = amount("Lower bound, 95 %")
    high = amount("Upper bound, 95 %")


class CausesSchema(Strict):
    """What takes the days."""

    data = lines(CauseLineSchema, "Causes, the most days first")


class CasesPageQuerySchema(CasesQuerySchema, PageSchema):
    """Which attempts are asked for, and which part of their list."""

    stage = whole("Only attempts in this stage", least=1, most=STAGES, required=False, query=True)


class ListedCaseSchema(CaseLineSchema):
    """One attempt behind a figure."""

    name = said("Name of the project; null once it was erased", none=True)


class CasePageSchema(Strict):
    """A page of the attempts behind a figure."""

    data = lines(ListedCaseSchema, "Attempts, the slowest first")
    next = said("Where the next page begins; null on the last", none=True)
