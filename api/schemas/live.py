"""What happens, as it happens."""

from __future__ import annotations

from api.schemas.base import Strict, figure, instant, lines, said, whole, words
from api.schemas.tasks import FEW_ROWS, MOST_ROWS

LONGEST_POSITION = 120


class NewsQuerySchema(Strict):
    """From where, and how much."""

    after = words(
        "Position after which to go on, as `next` said; left out: from now on",
        required=False,
        longest=LONGEST_POSITION,
    )
    limit = whole("Most events", least=1, most=MOST_ROWS, default=FEW_ROWS, query=True)


class ProjectNewsQuerySchema(Strict):
    """From where, and how much."""

    after = whole("Number of the last event that is known", required=False, query=True)
    limit = whole("Most events", least=1, most=MOST_ROWS, default=FEW_ROWS, query=True)


class NewsSchema(Strict):
    """That something happened; what it was is read where it happened."""

    id = said("Position of the event: the same as the id in the stream")
    project = said("Project code")
    number = figure("Number in the project's stream")
    kind = said("What happened, e.g. PairStarted")
    unit = figure("Unit, if it is about one", none=True)
    stage = figure("Stage, if it is about one", none=True)
    item = said("Item, if it is about one", none=True)
    attempt = figure("Attempt, if it is about one", none=True)
    happened_at = instant("When it was true, UTC")
    recorded_at = instant("When it was recorded, UTC")


class NewsPageSchema(Strict):
    """What happened since a position, in an order into which nothing can come later."""

    data = lines(NewsSchema, "Events")
    next = said("Position to go on from; moves on also where nothing concerned the sender")
