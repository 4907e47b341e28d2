"""The tables behind the bottleneck report as they go out."""

from __future__ import annotations

from api.schemas.base import NameSchema, Strict, asked_day, choice, coded, lines, one, said, whole
from api.schemas.bottlenecks import CaseLineSchema, CasesQuerySchema, FiguresSchema
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
