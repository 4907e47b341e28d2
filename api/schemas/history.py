"""The log of a project, sealed."""

from __future__ import annotations

from api.schemas.answers import EventSchema
from api.schemas.base import Strict, figure, lines, said


class SealedEventSchema(EventSchema):
    """One event of the log with its seal."""

    actor_name = said(
        "Name of that person, masked where it is not for the sender; null for the system, or when "
        "erased",
        none=True,
    )
    actor_department = said("Department that they work for, if any", none=True)
    version = figure("Version of the body's meaning")
    unit = figure("Unit, if it is about one", none=True)
    stage = figure("Stage, if it is about one", none=True)
    item = said("Item, if it is about one", none=True)
    attempt = figure("Attempt, if it is about one", none=True)
    command = said("Id of the command that it came of")
    catalogue = said("Hash of the catalogue in force")
    net = said("Hash of the net it belongs to", none=True)
    previous = said("Hash of the event before; 64 zeros for the first")
    hash = said("SHA-256 over the event before, the envelope and the body")


class HistorySchema(Strict):
    """Events by number."""

    data = lines(SealedEventSchema, "Events, in the order asked for")
    next = figure("Give this as `after` for the next part; null at the end", none=True)
