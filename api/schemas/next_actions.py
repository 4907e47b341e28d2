"""What to do first."""

from __future__ import annotations

from api.schemas.base import (
    NameSchema,
    Strict,
    choice,
    figure,
    instant,
    many,
    one,
    said,
    truth,
)
from api.schemas.tasks import TaskSchema
from workflows.catalogue.values import Coupling
from workflows.clock import Lamp
from workflows.next_actions import PUSHED, TASK


class ReasonSaidSchema(Strict):
    """One reason, in words."""

    code = said("Stable code of the reason")
    text = one(NameSchema, "The reason in words")


class NextTaskSchema(TaskSchema):
    """The open task that an action is."""


class NextActionSchema(Strict):
    """One thing that the sender can do now."""

    project = said("Project code")
    name = said("Name of the project; null when it was erased", none=True)
    unit = figure("Unit")
    stage = figure("Stage")
    item = said("Item code; null for the joint application", none=True)
    coupling = choice(
        "Class of the item; a pairable one may be started beside another",
        [each.value for each in Coupling],
        none=True,
    )
    cause = choice(
        "running: an open task of the sender's; otherwise what is to be handed in or filed",
        [each.value for each in (TASK, *PUSHED)],
    )
    left = figure("Days left of the limit that runs, to accept or to decide it", none=True)
    limit_unit = said("What these days are: working_day or calendar_day", none=True)
    due = said("Last day inside the limit, ISO date", none=True)
    provisional = truth("Days on the way to the due day are not published yet")
    lamp = choice("Colour of the item's clock", [each.value for each in Lamp])
    milestone = truth("The next milestone waits for it")
    waiting = figure("How many items can go on once it is done")
    since = instant("Since when it can be done, UTC")
    why = many(ReasonSaidSchema, "Why it stands here, the weightiest first")
    task = one(NextTaskSchema, "The open task, where it is one", none=True)


class NextActionsSchema(Strict):
    """What to do first."""

    actions = many(NextActionSchema, "At most three, the first to be done first")
