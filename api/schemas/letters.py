"""Letters as they are listed."""

from __future__ import annotations

from api.schemas.base import Strict, choice, day, figure, lines, said, whole
from api.schemas.pairs import UnitQuerySchema
from workflows.letters import LetterKind


class LetterQuerySchema(UnitQuerySchema):
    """Which of an item's letters of a kind, and in which language."""

    entry = whole(
        "Entry of the project's log that it tells of; the latest if left out",
        required=False,
        query=True,
    )
    lang = choice("Language", ["zh", "en"], default="zh")


class LetterSchema(Strict):
    """One letter."""

    kind = choice("Which letter", [each.value for each in LetterKind])
    title = said("Its title")
    number = said("What it is quoted by")
    event = figure("Entry of the project's log that it tells of")
    attempt = figure("Attempt of the item")
    dated = day("Legal date")
    superseded_by = figure("Entry that corrected it or took it back", none=True)
    link = said("Address of the printable page")


class LettersSchema(Strict):
    """The letters of one item."""

    project = said("Project code")
    item = said("Item code")
    unit = figure("Unit")
    data = lines(LetterSchema, "In the order of the log")
