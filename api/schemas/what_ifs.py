"""What-if questions and their answers."""

from __future__ import annotations

from marshmallow import fields, validate

from api.schemas.base import (
    NameSchema,
    Strict,
    choice,
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
from api.schemas.jobs import JobSchema
from simulation.changes import What
from workflows.catalogue.values import Coupling

LONGEST_SCENARIO = 256 * 1024
MOST_REPLICATIONS = 1000
MOST_LEVER_REPLICATIONS = 50
MOST_CHANGES = 500
MAY_CHANGE = [each.value for each in What]
COUPLINGS = [each.value for each in Coupling]
FIGURES = ["days", "p90", "milestone", "stages", "inside", "flow", "township", "department"]


def _number(description: str) -> fields.Float:
    return fields.Float(required=True, allow_none=True, metadata={"description": description})


class WhatIfSchema(Strict):
    """Two scenarios to be compared on the same luck."""

    scenario = words(
        "What is: a scenario file (TOML or JSON) as text, or the name of a built-in one: district, "
        "one_by_one, drawn, planned, rolling, all_free",
        longest=LONGEST_SCENARIO,
        example="one_by_one",
    )
    compare = words(
        "What would be, in the same form; arrivals that it does not say are those of the first",
        longest=LONGEST_SCENARIO,
        example="rolling",
    )
    replications = whole(
        "How often both are run, each time with other luck",
        least=5,
        most=MOST_REPLICATIONS,
        default=50,
    )


class WhatIfDifferenceSchema(Strict):
    """One figure of both scenarios; times in working days, with 95 % bounds of the change."""

    figure = choice("What is measured", FIGURES)
    of = said("Flow type, township or department; empty = of all")
    before = _number("Mean over the replications; null where nothing was counted")
    after = _number("The same of the second scenario")
    moved = _number("Second less first, on the same luck")
    low = _number("Lower bound of that; null with fewer than five replications")
    high = _number("Upper bound")
    resolved = truth("Whether it differs from nought for sure")
    felt = truth("Whether it is large enough to be told: a twentieth of a day, or of a point")
    verdict = choice(
        "What can be said of it: not felt, not sure, better or worse for sure; groups that get "
        "worse are judged together, as in `worse`",
        ["same", "open", "better", "worse"],
    )


class WhatIfAssumptionSchema(Strict):
    """One thing that both scenarios suppose, said in the file or not."""

    name = said("Dotted name, as in a scenario file")
    before = said("In the first scenario", none=True)
    after = said("In the second", none=True)


class CautionSchema(Strict):
    """A change of the catalogue that can be tried, and the rule that stands against it."""

    item = said("Item that is changed")
    rule = said("Stable code of the rule")
    text = one(NameSchema, "The rule in words, with the names in it")


class WhatIfCautionSchema(CautionSchema):
    """The same, of one of two scenarios."""

    scenario = choice("Which of the two makes the change", ["before", "after"])


class WhatIfAnswerSchema(Strict):
    """What the runs say so far, and everything they suppose."""

    job = one(JobSchema, "How far the runs are")
    before = said("Name of the first scenario")
    after = said("Name of the second")
    asked = figure("Replications that were asked for")
    replications = figure("Replications that are done")
    differences = many(WhatIfDifferenceSchema, "Every figure, of all and of each group")
    worse = many(
        WhatIfDifferenceSchema,
        "Groups that feel it and get worse for sure, worst first; their bounds are wider than "
        "those of the same groups among the differences: they hold for all groups at once "
        "with 95 % (Bonferroni)",
    )
    assumptions = many(WhatIfAssumptionSchema, "What both suppose")
    cautions = many(WhatIfCautionSchema, "What stands against either")


class ListedDifferenceSchema(WhatIfDifferenceSchema):
    """A figure in a list."""

    called = one(NameSchema, "What is measured, and of whom, in words")


class DifferencesSchema(Strict):
    """Every figure, of all and of each group."""

    data = lines(ListedDifferenceSchema, "Differences")


class ListedAssumptionSchema(Strict):
    """One thing that both scenarios suppose, in words; a time that is drawn is one line."""

    name = said("Dotted name, as in a scenario file")
    called = one(NameSchema, "What it is about, with the names of items and departments")
    before = one(NameSchema, "In the first scenario; null where it supposes nothing", none=True)
    after = one(NameSchema, "In the second", none=True)
    differs = truth("Whether the two suppose different things")


class AssumptionsSchema(Strict):
    """Everything that both scenarios suppose."""

    data = lines(ListedAssumptionSchema, "Assumptions")


class FittedSchema(Strict):
    """A scenario made of the office's own facts."""

    scenario = said("The scenario file (JSON) as text, as the other operations take it")
    projects = figure("Projects whose facts it is made of")
    sampled = figure("Of these, projects whose answers stand for the kinds of all")


class OneAskedSchema(Strict):
    """A scenario that something is asked of."""

    scenario = words(
        "A scenario file (TOML or JSON) as text, or the name of a built-in one",
        longest=LONGEST_SCENARIO,
        example="district",
    )


class PlanChangeSchema(Strict):
    """One thing that a plan has otherwise than the scenario that it began with."""

    what = choice("What is changed", MAY_CHANGE)
    of = words(
        "Whose it is: an item (class, limit), ITEM:DOCUMENT (need), a department (reviewers); "
        "null for all else",
        none=True,
        longest=64,
        example="S1-14",
    )
    to = words(
        "What it is from now on: mandated, pairable, free, serial or dropped (class), working days "
        "or `catalogue` (limit), hard or soft (need), a number or unlimited (reviewers, slots), "
        "the scenario file's own word (policy, mode, name), 0 to 1 (precheck, committed, "
        "supplement)",
        longest=200,
        example="free",
    )


class MadeChangeSchema(PlanChangeSchema):
    """The same, and in words."""

    called = one(NameSchema, "In one sentence")


class BoardAskedSchema(OneAskedSchema):
    """The scenario that is laid out, and what is changed in it first."""

    changes = fields.List(
        fields.Nested(PlanChangeSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(
            max=MOST_CHANGES, error=f"api.field.length?min=0&max={MOST_CHANGES}"
        ),
        metadata={
            "description": "Makes a plan of the scenario, change by change; of two of the same "
            "thing the later one holds. What must go with a change is completed. Null or left "
            "out: it is laid out as it is"
        },
    )
    form = choice("What the answer's scenario file is written in", ["json", "toml"], default="json")


class CardSchema(Strict):
    """One item on the board."""

    item = said("Item code")
    name = one(NameSchema, "Name")
    stage = figure("Stage")
    department = said("Department code")
    was = choice("Its class in the catalogue", COUPLINGS)
    coupling = choice("Its class in the scenario", COUPLINGS)
    dropped = truth("Done away with in the scenario, as by an area assessment (区域评估)")
    pulled_by = said("Mandated item that needs it first: it counts as mandated; or null", none=True)
    waits_for = codes("Items that make what it must have before it can be filed")
    limit_days = figure("Committed limit; null = no clock", none=True)
    share = _number("Part of the projects that come to which it applies, 0 to 1")


class OfficeSchema(Strict):
    """One department that has work to do."""

    department = said("Code")
    name = one(NameSchema, "Name")
    reviewers = figure("At the same time; null = nobody ever waits for one", none=True)
    busy = _number("Part of their time that is taken, 0 to 1; above 1 queues grow for ever")


class BoardSchema(Strict):
    """A scenario as a board: what its items are, who works on them, what it supposes."""

    name = said("Name of the scenario")
    policy = choice("How pairs are found", ["single", "chosen", "drawn", "planned"])
    mode = choice("When the next pairable items may start", ["rounds", "rolling"])
    slots = figure("Pairable items at a time in a stage; null = any number", none=True)
    precheck = _number("Part of the applications that an agent looks over first, 0 to 1")
    committed = _number("Chance that the owner commits where it is offered (告知承诺), 0 to 1")
    supplement = _number("Chance that an application is incomplete (补正), 0 to 1")
    projects = figure("Projects in one replication")
    replications = figure("Replications that the scenario asks for")
    items = many(CardSchema, "Every item of the catalogue, in its order")
    departments = many(OfficeSchema, "Departments with work, by code")
    cautions = many(CautionSchema, "What stands against the scenario without barring it")
    moves = codes("Its classes and soft needs, as the advice on classes takes them (`moves`)")
    scenario = said("Its file, in the form that was asked for, as the other operations take it")
    changes = many(
        MadeChangeSchema, "The fewest changes that make the plan; none where none were given"
    )
    follows = many(
        MadeChangeSchema, "What had to go with these, though it was not among those asked for"
    )


class LeversAskedSchema(OneAskedSchema):
    """A scenario, and how often each change is tried."""

    replications = whole(
        "How often each change is run, each time with other luck",
        least=5,
        most=MOST_LEVER_REPLICATIONS,
        default=10,
    )


class LeverSchema(Strict):
    """One little change and what it brings; days to completion with 95 % bounds."""

    item = said("Item that is done a fifth faster; null for a department", none=True)
    department = said("Department that gets one more reviewer; null for an item", none=True)
    moved = _number("Mean days, with the change less without")
    low = _number("Lower bound")
    high = _number("Upper bound")
    sure = truth("It brings more than the next one for sure")


class SupposedSchema(Strict):
    """One thing that a scenario supposes, said in the file or not."""

    name = said("Dotted name, as in a scenario file")
    value = said("What is supposed")


class LeversSchema(Strict):
    """Levers, the one that saves most first, and all that they rest on."""

    data = lines(LeverSchema, "Levers")
    scenario = said("Name of the scenario")
    replications = figure("How often each change is run")
    assumptions = many(SupposedSchema, "What the scenario supposes")
