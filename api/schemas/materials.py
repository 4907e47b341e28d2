"""Materials, checklists and tolerance as they come in and go out."""

from __future__ import annotations

from marshmallow import fields, validate

from api.schemas.base import (
    NameSchema,
    Strict,
    Text,
    asked_day,
    choice,
    codes,
    day,
    figure,
    instant,
    lines,
    many,
    one,
    said,
    truth,
    whole,
    words,
)
from workflows.facts import Materials
from workflows.materials import Standing

_MOST_UNITS = 999
_MOST_MATERIALS = 200
_MATERIAL = r"^[0-9A-Za-z_-]{1,32}$"


class SuppliedSchema(Strict):
    """A material that was handed in."""

    file = said("SHA-256 of the content, in hex")
    name = said("Name of the file; null to who may not open it, and when erased", none=True)
    link = said("Address of the file; null to who may not open it", none=True)
    size = figure("Bytes")
    media_type = said("Media type, by content")
    unit = figure("Unit that it was handed in for")
    version = figure("Counted from 1")
    supplied_at = instant("When, UTC")


class MaterialSchema(Strict):
    """One required material."""

    material = said("Material code")
    name = one(NameSchema, "Name")
    document = said("Document kind that satisfies it; null when the owner hands it in", none=True)
    state = choice(
        "supplied, document (the result exists), not_needed (nobody produces it here, or in a list "
        "of the whole project: nobody asks for it any more), "
        "not_due (in such a list: for a stage that has not opened yet), "
        "awaited (the result does not exist yet) or missing",
        [each.value for each in Standing],
    )
    supplied = one(SuppliedSchema, "What was handed in", none=True)
    tolerated_until = said("ISO date, while it is tolerated as missing", none=True)
    items = codes("Applicable items that ask for it")


class GraceSchema(Strict):
    """A tolerance (容缺) and what became of it."""

    attempt = figure("Attempt that it was given to")
    missing = codes("Materials that were missing")
    left = codes("Materials that still are")
    due = said("ISO date that was told")
    last = day("That day, and those more on which the project stood still")
    met = day("When the last of them came; null before", none=True)
    overdue = truth("Something was still missing after the last day, handed in since or not")
    fulfilled = truth("Everything was handed in")


class ChecklistSchema(Strict):
    """The materials of one item."""

    project = said("Project code")
    item = said("Item code")
    unit = figure("Unit")
    rule = choice(
        "shown: holds nothing; required: the item is not filed until its materials are complete "
        "or tolerated",
        [each.value for each in Materials],
    )
    tolerance = truth("The item may be handled with materials missing (容缺)")
    complete = truth("Nothing is missing")
    satisfied = truth("What is missing is tolerated")
    missing = codes("Neither at hand nor tolerated")
    tolerated = codes("Missing, but tolerated for the running or the next attempt")
    materials = many(MaterialSchema, "In the catalogue's order")
    tolerances = many(GraceSchema, "Oldest first")


class MaterialLineSchema(MaterialSchema):
    """A required material in a list."""


class MaterialsSchema(Strict):
    """Everything that the applicable items of a project ask for."""

    project = said("Project code")
    unit = figure("Unit")
    rule = choice("Local rule", [each.value for each in Materials])
    data = lines(MaterialLineSchema, "Each material once, in the catalogue's order")


class ToleranceSchema(Strict):
    """Materials that an item may do without for a while."""

    unit = whole("Unit", most=_MOST_UNITS, default=0)
    attempt = whole("The running attempt, or the next one, to let it be filed", least=1)
    missing = fields.List(
        Text(
            validate=[
                validate.Length(min=1, max=32, error="api.field.length?min=1&max=32"),
            ],
            metadata={"description": "Material code", "pattern": _MATERIAL},
        ),
        required=True,
        validate=validate.Length(
            min=1, max=_MOST_MATERIALS, error=f"api.field.length?min=1&max={_MOST_MATERIALS}"
        ),
        metadata={"description": "Missing materials, by code"},
    )
    due = asked_day("Deadline")
    reason = words("Reason, kept apart from the log", required=False, none=True)
