"""The classes of a stage's items, and what each move would bring."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.base import (
    NameSchema,
    Strict,
    choice,
    coded,
    codes,
    figure,
    many,
    one,
    said,
    truth,
    whole,
    words,
)
from api.schemas.pairs import WhyNotSchema

CLASSES = ["mandated", "pairable", "free", "serial"]
MODES = ["rounds", "rolling"]
LONGEST_MOVES = 2000


class ClassesQuerySchema(Strict):
    """Which items, and which moves to begin with."""

    flow = whole(
        "Flow type: all of its items, which is more than any one project has; or else a project",
        least=1,
        most=99,
        required=False,
        query=True,
    )
    project = coded("Project: the items that apply to it", required=False)
    mode = choice("How pairs follow each other", MODES, default="rounds")
    moves = words(
        "Moves that are made already, with commas: ITEM:CLASS gives an item another class, "
        "ITEM:DOCUMENT makes a hard need soft",
        required=False,
        longest=LONGEST_MOVES,
        example="S1-16:free,S4-14:D76",
    )


class EffectSchema(Strict):
    """What one move brings from here."""

    allowed = truth("The catalogue lets it be made")
    why_not = one(WhyNotSchema, "What stands against it", none=True)
    days = figure("Working days of the stage after it; null when not allowed", none=True)
    saved = figure("Days less than now; negative where it makes the stage longer", none=True)
    proved = truth("Both figures are the best that can be had")


class ClassMoveSchema(EffectSchema):
    """Another class for an item."""

    to = choice("The class", CLASSES)


class NeedMoveSchema(EffectSchema):
    """A need that holds an item, made soft: it may start without, as 容缺 or on commitment."""

    document = said("Document that it waits for")
    name = one(NameSchema, "Name of the document")
    source = said("Where that is said")


class ClassedItemSchema(Strict):
    """One item of the stage."""

    item = said("Item code")
    name = one(NameSchema, "Name of the item")
    department = said("Department code")
    coupling = choice("Its class, after the moves made", CLASSES)
    was = choice("Its class in the catalogue", CLASSES)
    milestone = truth("The milestone of the stage asks for it")
    days = figure("Committed working days, 0 without a clock")
    slot = truth("It takes a slot: pairable, and nothing mandated pulls it in")
    pulled_by = said("Item that pulls it in", none=True)
    pulled_for = said("Document which that one needs of it", none=True)
    waits_for = codes("Items of the stage that must end before it")
    starts = figure("Working day of the plan on which it starts, from 0")
    ends = figure("Working day on which it ends")
    partner = said("Item that shares its round", none=True)
    moves = many(ClassMoveSchema, "Every other class")
    needs = many(NeedMoveSchema, "Every hard need that holds it")


class MoveSchema(Strict):
    """A move: another class, or a softer need."""

    item = said("Item code")
    to = choice("Class that it gets; null where a need becomes soft", CLASSES, none=True)
    document = said("Document it no longer waits for; null where the class changes", none=True)


class RankedMoveSchema(MoveSchema):
    """A single move that saves days."""

    days = figure("Working days of the stage after it")
    saved = figure("Days less than now")


class ReasonedMoveSchema(MoveSchema):
    """A move of the set."""

    without = figure("Working days of the stage if all the others are made and this one is not")


class FewestSchema(Strict):
    """The fewest moves that meet the limit; where none do, those that come nearest."""

    moves = many(ReasonedMoveSchema, "The moves, the weightiest first; none when the limit is met")
    days = figure("Working days of the stage after them")
    met = truth("That is within the limit")
    least = figure("When met: no fewer moves do. Otherwise: no moves bring fewer days")
    proved = truth("That bound is reached: nothing better exists")


class ClassesSchema(Strict):
    """A stage with the classes of its items, by committed limits."""

    stage = figure("Stage")
    flow = figure("Flow type")
    project = said("Project whose items these are", none=True)
    mode = choice("How pairs follow each other", MODES)
    limit = figure("Working days that the flow type gives the stage", none=True)
    today = figure("Working days that the stage takes before the moves made")
    days = figure("Working days that it takes after them, with the best pairs")
    bound = figure("No plan takes fewer")
    proved = truth("The plan is the best there is")
    gap = fields.Float(
        required=True, metadata={"description": "Part of the days by which it may be off"}
    )
    met = truth("The stage is over within its limit")
    chain = figure("Days of the longest chain: what it takes with a slot for everyone")
    items = many(ClassedItemSchema, "Every item of the stage, by code")
    ranked = many(RankedMoveSchema, "Single moves that save days, the best first")
    fewest = one(FewestSchema, "The smallest set of moves that meets the limit", none=True)
