"""What commands about projects, stages, items, tasks and pairs take."""

from __future__ import annotations

from marshmallow import fields  # noqa: TC002 - marshmallow reads the class bodies

from api.schemas.base import (
    FactAnswers,
    Strict,
    choice,
    coded,
    instant,
    item_code,
    title,
    truth,
    whole,
    words,
)
from workflows.decide.projects import CODE
from workflows.events import Policy

LONGEST_NAME = 200
_MOST_UNITS = 999


def _unit() -> fields.Integer:
    return whole(
        "Unit: 0 = the whole project (default), others are buildings or phases",
        most=_MOST_UNITS,
        default=0,
    )


def _reason(*, required: bool = True) -> fields.String:
    return words(
        "Reason, in plain words; kept apart from the log, where it can be erased",
        required=required,
        none=not required,
    )


class ProjectFilingSchema(Strict):
    """A project to be filed."""

    code = words(
        "National project code, YYYY-RRRRRR-DD-TT-NNNNNN",
        longest=40,
        example="2026-120118-47-03-000001",
        told=f"^{CODE.pattern}$",
    )
    name = title("Name of the project", longest=LONGEST_NAME, example="示例住宅项目")
    flow = whole("Flow type 1-6", most=99)
    township = coded("Township code")
    owner = coded("Organisation that builds")
    facts = FactAnswers(
        required=True,
        metadata={
            "description": "Answers by fact code; POST /catalogue/questions tells which matter",
            **FactAnswers.SAID,
        },
    )


class ReasonSchema(Strict):
    """A command that takes a reason only."""

    reason = _reason()


class UnitSchema(Strict):
    """A command about one unit."""

    unit = _unit()


class UnitAddingSchema(Strict):
    """A building or phase to be added."""

    unit = whole("Number of the new unit: the next free one", least=1, most=_MOST_UNITS)
    stage = whole("First stage that it runs by itself, 2-4", least=1, most=5)
    name = title("Name of the building or phase", longest=LONGEST_NAME)


class AgentSchema(Strict):
    """Another agent for the project."""

    agent = coded("Person id of the agent")
    reason = _reason()


class ItemFilingSchema(Strict):
    """An item to be filed by itself."""

    unit = _unit()
    single = truth(
        "Take a pair slot as the odd one out; false files a pairable item alone, without a slot",
        default=False,
    )
    reason = _reason(required=False)


class ItemReasonSchema(Strict):
    """An item to be withdrawn or declined."""

    unit = _unit()
    reason = _reason()


class CompletionSchema(Strict):
    """A step that is done."""

    outcome = words("One of the task's outcomes", longest=64, example="granted")
    happened_at = instant(
        "When it was done, if earlier than now; never before the attempt's last step",
        required=False,
        none=True,
    )
    reason = words(
        "Why an application is refused, which must be said, or why the step is recorded on a later "
        "day than it was done; kept apart from the log",
        required=False,
        none=True,
    )


class EmptySchema(Strict):
    """A command that needs no more than its address."""


class AssignmentSchema(Strict):
    """Who is to do a task."""

    person = coded("Person id")


class ProposalSchema(Strict):
    """Two items to be paired."""

    first = item_code("One item")
    second = item_code("The other")
    unit = _unit()
    policy = choice(
        "chosen by a person, or planned by the matching",
        [Policy.CHOSEN.value, Policy.PLANNED.value],
        default=Policy.CHOSEN.value,
    )
    reason = _reason(required=False)


class DissolvingSchema(Strict):
    """A proposed pair to be given up."""

    reason = _reason(required=False)
