"""Days that somebody was told, beside the limits."""

from __future__ import annotations

from api.schemas.base import Strict, choice, coded, day, figure, flag, lines, said, truth, words
from api.schemas.tasks import PageSchema
from workflows.clock import Lamp
from workflows.deadlines import DeadlineKind

KINDS = [each.value for each in DeadlineKind]
_KIND = (
    "answer: the owner's to a supplement; procedure: the end of a special procedure or a joint "
    "visit, as it was told; tolerance: materials that the item was let do without; issue: the "
    "document of a default grant, from the late department"
)


class ToldDaySchema(Strict):
    """A day that somebody was told and that is not met yet."""

    kind = choice(_KIND, KINDS)
    due = day("The day, moved by suspensions; null while the project stands still", none=True)
    passed = truth("It lies behind")
    passed_since = day("The first day after it, once it has passed", none=True)
    lamp = choice(
        "Red once it has passed, yellow in the last two working days; none while nobody knows it",
        [each.value for each in Lamp],
    )
    provisional = truth("Its year has no notice yet that may still move it; counted days only")


class DeadlineQuerySchema(PageSchema):
    """Which told days."""

    kind = choice("Which kind", KINDS, required=False)
    department = coded("Department code", required=False)
    township = coded("Township code", required=False)
    agent = coded("Agent of the project", required=False)
    project = words("Project code", required=False, longest=40)
    passed = flag("Only those that lie behind")


class DeadlineSchema(ToldDaySchema):
    """A told day, and whose it is."""

    project = said("Project code")
    name = said("Name of the project; null when it was erased", none=True)
    unit = figure("Unit")
    stage = figure("Stage")
    item = said("Item code")
    attempt = figure("Attempt; the next one, where materials are tolerated before it is filed")
    department = said("Department whose item it is; null before its first attempt", none=True)


class DeadlinePageSchema(Strict):
    """A page of told days, the earliest first."""

    data = lines(DeadlineSchema, "Told days")
    next = said("Cursor of the next page; null on the last", none=True)
