"""Candidates for pairs, and plans."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.base import (
    NameSchema,
    Strict,
    codes,
    figure,
    lines,
    many,
    one,
    said,
    truth,
    whole,
    words,
)
from api.schemas.progress import PairSchema


class UnitQuerySchema(Strict):
    """Which unit."""

    unit = whole("Unit, 0 = the whole project", most=999, default=0, query=True)


class DeskQuerySchema(Strict):
    """Where to look for something to pair."""

    project = words("Project code; left out, the sender's own", required=False, longest=40)
    limit = whole("Most stage runs", least=1, most=20, default=5, query=True)


class WhyNotSchema(Strict):
    """A rule that stands against an item or a pair."""

    rule = said("Stable code of the rule")
    text = one(NameSchema, "The rule in words, with the names in it")
    params = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "What the text names"}
    )


class CandidateSchema(Strict):
    """One pairable item of the stage run."""

    item = said("Item code")
    name = one(NameSchema, "Name of the item")
    department = said("Department code")
    days = figure("Committed days, 0 without a clock")
    candidate = truth("It could be in a new pair")
    ready = truth("It could start now: every hard document exists")
    missing = codes("Hard documents that do not exist yet")
    why_not = one(WhyNotSchema, "Why it is no candidate", none=True)


class CellSchema(Strict):
    """One pair of the matrix."""

    first = said("First item, by code")
    second = said("Second item, by code")
    legal = truth("It may be proposed")
    ready = truth("It could start now, as far as documents go")
    days_saved = figure("Working days saved against one by one")
    why_not = one(WhyNotSchema, "Why it may not be proposed", none=True)


class MatrixSchema(Strict):
    """Every two pairable items of a stage run: may they be paired, and if not, why."""

    project = said("Project code")
    stage = figure("Stage")
    unit = figure("Unit")
    round = figure("Round of pairing")
    drawn = truth("The round has had its draw")
    slots = figure("Pair slots of the stage run")
    held = codes("Items that hold a slot")
    mode = said("rounds or rolling")
    items = many(CandidateSchema, "Pairable items, by code")
    pairs = many(CellSchema, "Every two of them, by code")


class PlannedPairSchema(Strict):
    """One suggested pair."""

    first = said("First item, by code")
    second = said("Second item, by code")
    days_saved = figure("Working days saved against one by one")


class RoundSchema(Strict):
    """What starts together."""

    items = codes("One item or two")
    days = figure("Working days until both have ended")


class PlanSchema(Strict):
    """The pairs that save most days together; a suggestion, checked like any proposal."""

    project = said("Project code")
    stage = figure("Stage")
    unit = figure("Unit")
    pairs = many(PlannedPairSchema, "Suggested pairs, by code; an item stands in one at most")
    rounds = many(RoundSchema, "All candidates in an order that their documents allow")
    days_saved = figure("Working days saved together")
    baseline = said("one_by_one")
    days = figure("Working days of all rounds together")
    bound = figure("No pairs take fewer days")
    proved = truth("No other pairs save more")
    gap = fields.Float(
        required=True,
        metadata={"description": "Part of the days by which other pairs might be shorter"},
    )


class PairLineSchema(PairSchema):
    """A pair in a list."""


class PairsSchema(Strict):
    """Pairs of a project."""

    data = lines(PairLineSchema, "Pairs, oldest first")
