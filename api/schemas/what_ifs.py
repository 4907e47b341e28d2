"""What-if questions and their answers."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.base import Strict, choice, figure, many, one, said, truth, whole, words
from api.schemas.jobs import JobSchema

LONGEST_SCENARIO = 64 * 1024
MOST_REPLICATIONS = 1000
FIGURES = ["days", "p90", "milestone", "stages", "inside", "flow", "township", "department"]


def _number(description: str) -> fields.Float:
    return fields.Float(required=True, allow_none=True, metadata={"description": description})


class WhatIfSchema(Strict):
    """Two scenarios to be compared on the same projects and the same luck."""

    scenario = words(
        "What is: a scenario file (TOML or JSON) as text, or the name of a built-in one: district, "
        "one_by_one, drawn, planned, rolling, all_free",
        longest=LONGEST_SCENARIO,
        example="one_by_one",
    )
    compare = words("What would be, in the same form", longest=LONGEST_SCENARIO, example="rolling")
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


class WhatIfAssumptionSchema(Strict):
    """One thing that both scenarios suppose, said in the file or not."""

    name = said("Dotted name, as in a scenario file")
    before = said("In the first scenario", none=True)
    after = said("In the second", none=True)


class WhatIfAnswerSchema(Strict):
    """What the runs say so far, and everything they suppose."""

    job = one(JobSchema, "How far the runs are")
    before = said("Name of the first scenario")
    after = said("Name of the second")
    replications = figure("Replications that are done")
    differences = many(WhatIfDifferenceSchema, "Every figure, of all and of each group")
    worse = many(WhatIfDifferenceSchema, "Groups that get worse for sure, worst first")
    assumptions = many(WhatIfAssumptionSchema, "What both suppose")
