"""What a command answers: the events it made."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.base import Strict, figure, instant, many, said, truth


class EventSchema(Strict):
    """One event of a project's stream."""

    number = figure("Number in the project's stream, dense from 1")
    kind = said("What happened, e.g. PairStarted")
    happened_at = instant("When it was true, UTC")
    recorded_at = instant("When it was recorded, UTC")
    actor = said("Id of the person, or system")
    body = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "Results of the event; free texts by reference and digest only"},
    )


class AnswerSchema(Strict):
    """What a command did."""

    project = said("Project code", none=False)
    number = figure("Number of the project's last event after the command; also its entity tag")
    repeated = truth("True when the same key had been answered before: nothing was done again")
    events = many(EventSchema, "Events that the command made, in order")
