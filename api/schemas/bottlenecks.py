"""Bottleneck reports as they go out. Days are working days of eight hours unless it says legal."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from analysis.causes import Kind
from analysis.comparison import Figure
from analysis.parts import Part
from analysis.why import Reason
from api.schemas.base import (
    NameSchema,
    Strict,
    asked_day,
    choice,
    coded,
    day,
    figure,
    flag,
    item_code,
    many,
    one,
    said,
    truth,
    words,
)


def amount(description: str, *, none: bool = False) -> fields.Float:
    """Describe a measured number of an answer."""
    return fields.Float(
        required=True, allow_none=none, metadata={"description": description, "example": 1.5}
    )


def by_part(description: str) -> fields.Dict:
    """Describe days by part of an attempt's time."""
    known = {part.name.lower(): {"type": "number"} for part in Part}
    metadata: dict[str, Any] = {
        "description": description,
        "properties": known,
        "additionalProperties": False,
        "example": {"queue": 1.5, "work": 4.0},
    }
    return fields.Dict(required=True, keys=fields.String(), metadata=metadata)


class ChosenSchema(Strict):
    """Which attempts the report is about."""

    since = asked_day("Those that ended on this day or later", required=False)
    until = asked_day("Those that ended on this day or earlier", required=False)
    township = coded("Those of projects of this township", required=False)


class SplitSchema(Strict):
    """Two periods to be compared."""

    split = asked_day("What came up before this day is the first period, the rest the second")
    township = coded("Only projects of this township", required=False)


class CasesQuerySchema(ChosenSchema):
    """Which attempts are asked for."""

    department = coded("Only this department's", required=False)
    item = item_code("Only attempts of this item")
    overdue = flag("Only those beyond their limit")

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        """Let the item be left out."""
        super().__init__(**kwargs)
        self.fields["item"].required = False


class MonthQuerySchema(Strict):
    """Which month."""

    month = words(
        "Month", longest=7, pattern=r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$", example="2026-03"
    )


class FiguresSchema(Strict):
    """The attempts of one key."""

    key = said("Code of the department, item, township or agent; number of the stage or flow")
    name = one(NameSchema, "Its name; null where the catalogue has none", none=True)
    ended = figure("Attempts that ended")
    open = figure("Attempts that have not ended")
    attempts = figure("Both")
    limited = figure("Ended attempts whose clock had a limit and ran")
    inside = figure("Those of them that kept to it")
    share = amount("Part of the limited ones that kept to it, 0 to 1", none=True)
    overdue = figure("Attempts beyond their limit, open ones too")
    supplements = figure("Rounds of supplements (补正)")
    refilings = figure("Attempts after the first")
    refused = figure("Ended otherwise than granted")
    unmeasured = figure("Of these nobody said when the work began: queueing counts as work")
    median_days = amount("Median from filing to end", none=True)
    p90_days = amount("90th percentile from filing to end", none=True)
    elapsed_days = amount("Mean days from wanted to end or until now")
    days = by_part("Mean days by part; they add up to elapsed_days")
    lost_days = amount(
        "Days in nobody's hand, of all attempts together; of the unmeasured ones nobody knows"
    )


class QueueSchema(Strict):
    """One department as a queue."""

    department = said("Department code")
    name = one(NameSchema, "Its name; null where the catalogue has none", none=True)
    arrivals = amount("Attempts accepted, a working day")
    waiting = amount("Mean number in nobody's hand")
    wait_days = amount("Mean days in nobody's hand")
    balance = amount(
        "Little's law from those who left, over `waiting`: about 1 steady, below 1 the line grows, "
        "above 1 it is worked off; null = nobody waited",
        none=True,
    )
    in_hand = amount("Mean number in somebody's hand")
    reviewers = figure("People who may take work in hand; null = not known", none=True)
    unmeasured = amount("Part of its attempts of which nobody said when work began, 0 to 1")
    utilisation = amount("In hand for each reviewer", none=True)


class GateSchema(Strict):
    """How often an item closed a stage."""

    stage = figure("Stage")
    item = said("Item code")
    name = one(NameSchema, "Its name; null where the catalogue has none", none=True)
    milestone = truth("It made the milestone; else it was the last of the whole stage")
    closed = figure("How often")
    of = figure("Stage runs closed in this way")
    credit_days = amount("Mean days by which it was later than the runner-up")


class CauseSchema(Strict):
    """Something that takes time."""

    kind = choice("What sort of cause", [kind.value for kind in Kind])
    key = said("Department or item; empty for the others")


class RankedSchema(Strict):
    """A cause in its place."""

    cause = one(CauseSchema, "The cause")
    days = amount("Days a project; in a comparison, how many more than before")
    low = amount("Lower bound, 95 %")
    high = amount("Upper bound, 95 %")


class RankingSchema(Strict):
    """Causes, the most days first."""

    causes = many(RankedSchema, "The causes")
    resolved = figure("How many places at the top are sure")
    first = one(CauseSchema, "The first cause; null = unresolved", none=True)


class MonthSchema(Strict):
    """What ended in one month."""

    month = said("Month, YYYY-MM")
    ended = figure("Attempts that ended")
    share = amount("Part inside the limit, 0 to 1", none=True)
    median_days = amount("Median from filing to end", none=True)


class SeriesSchema(Strict):
    """The last months of one department."""

    key = said("Department code; empty for all together")
    months = many(MonthSchema, "By month")


class BottlenecksSchema(Strict):
    """The bottleneck report (瓶颈报告)."""

    today = day("Up to when open attempts count")
    projects = figure("Projects")
    whole = one(FiguresSchema, "All attempts together")
    departments = many(FiguresSchema, "By department")
    stages = many(FiguresSchema, "By stage")
    flows = many(FiguresSchema, "By flow type")
    items = many(FiguresSchema, "By item")
    townships = many(FiguresSchema, "By township")
    agents = many(FiguresSchema, "By agent")
    queues = many(QueueSchema, "Departments as queues, the longest first")
    gates = many(GateSchema, "What closed the stages")
    path = one(RankingSchema, "Causes on the path that projects took")
    work = one(RankingSchema, "Causes over all attempts together")
    months = many(SeriesSchema, "The last six months")
    rolled = many(FiguresSchema, "What ended in the last six months taken together, by department")


class PolicySchema(Strict):
    """Pairs that one policy found."""

    policy = said("chosen, drawn or planned")
    pairs = figure("Pairs")
    saved = amount("Days saved")


class PairFiguresSchema(Strict):
    """The pairable items of one stage."""

    stage = figure("Stage")
    runs = figure("Stage runs in which at least one ended")
    items = figure("Attempts that ended")
    paired = figure("In a pair")
    single = figure("With a slot by themselves")
    alone = figure("Without a slot (单办)")
    used = figure("Pairs whose both members ended")
    possible = figure("Pairs that the best plan would have made")
    one_by_one = amount("Days, one after the other")
    saved = amount("Days saved against that")
    best = amount("Days that the best plan would have saved")
    reached = amount("Part of the best plan that was reached, 0 to 1", none=True)
    policies = many(PolicySchema, "By who found the pair")


class PairsReportSchema(Strict):
    """The pairing report (配对报告)."""

    stages = many(PairFiguresSchema, "By stage")


class CarriedSchema(Strict):
    """What one agent or township carries."""

    key = said("Agent or township")
    projects = figure("Projects")
    running = figure("Those that run")
    attempts = figure("Attempts")
    filing_days = amount("Mean days an attempt could have been filed and was not")
    elapsed_days = amount("Mean days from wanted to end or until now")
    expected_days = amount("What its attempts take on average, item by item, whoever carries them")
    low = amount("Lower bound of elapsed_days, 95 %", none=True)
    high = amount("Upper bound of elapsed_days, 95 %", none=True)
    apart = figure("1 slower than expected for sure, -1 faster, 0 not resolved")


class FairnessSchema(Strict):
    """How evenly the work is spread."""

    carried = many(CarriedSchema, "The slowest first")
    gini = amount("Gini coefficient of the running projects", none=True)


class AgentsReportSchema(Strict):
    """Agents and townships beside one another."""

    agents = one(FairnessSchema, "Agents")
    townships = one(FairnessSchema, "Townships")


class DifferenceSchema(Strict):
    """One figure in two periods."""

    figure = choice("Which", [each.value for each in Figure])
    before = amount("In the first period", none=True)
    after = amount("In the second", none=True)
    low = amount("Lower bound of the difference, 95 %", none=True)
    high = amount("Upper bound of the difference, 95 %", none=True)
    resolved = truth("They differ for sure")


class ComparisonSchema(Strict):
    """Two periods beside each other."""

    projects = fields.List(
        fields.Integer(), required=True, metadata={"description": "Projects in each period"}
    )
    follow_days = amount("Working days for which each attempt was followed")
    differences = many(DifferenceSchema, "Figures")
    shifts = one(RankingSchema, "Causes that took more time than before, the most first")


class HeatSchema(Strict):
    """One item in its stage's diagram."""

    process = said("Id of the BPMN process")
    element = said("Id of the BPMN element")
    stage = figure("Stage")
    item = said("Item code")
    attempts = figure("Attempts")
    days = amount("Mean days from filing to end or until now")
    queue_days = amount("Of these in the department's queue")
    work_days = amount("Of these in hand")
    untold_days = amount("Of these at the department, queue or work: nobody said")
    paused_days = amount("Of these paused")
    heat = amount("Beside the longest of its stage, 0 to 1")


class StepHeatSchema(Strict):
    """One step of an item in the diagram of its kind."""

    process = said("Id of the BPMN process")
    element = said("Id of the BPMN element")
    item = said("Item code")
    days = amount("Mean days of the stretch that the step belongs to, pauses not counted")
    together = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "The steps of that stretch: facts do not tell them apart"},
    )
    heat = amount("Beside the longest stretch of the same item, 0 to 1")


class HeatMapSchema(Strict):
    """Heat for the diagrams."""

    elements = many(HeatSchema, "By stage and item")
    steps = many(StepHeatSchema, "Within the items, by item and step")


class CaseLineSchema(Strict):
    """One attempt behind a figure."""

    project = said("Project code")
    unit = figure("Unit")
    item = said("Item code")
    attempt = figure("Attempt")
    department = said("Department code")
    stage = figure("Stage")
    result = said("How it ended; open while it has not")
    filed = said("Day of the filing")
    ended = said("Day of the end; null while it is open", none=True)
    used = figure("Legal days used; null before acceptance", none=True)
    limit = figure("Legal days allowed; null without a limit", none=True)
    days = amount("Days from wanted to end or until now")
    parts = by_part("Days by part; they add up to days")


class CasesReportSchema(Strict):
    """The attempts behind a figure."""

    cases = many(CaseLineSchema, "The slowest first, fifty at most")


class ChainLinkSchema(Strict):
    """One link of the chain."""

    stage = figure("Stage")
    unit = figure("Unit")
    reason = choice("Why it stands there", [reason.value for reason in Reason])
    item = said("Item code; null before a stage's application", none=True)
    department = said("Department code; null with the item", none=True)
    attempt = figure("Attempt; 0 without an item")
    next_item = said("What waited for it; null where nothing did", none=True)
    days = amount("Days")
    parts = by_part("Days by part; they add up to days")


class StageTimeSchema(Strict):
    """How long one stage held the project up."""

    stage = figure("Stage")
    days = amount("Days")
    limit = figure("Working days that the flow allows departments; null without", none=True)


class StageStorySchema(Strict):
    """One stage's part in it, in words."""

    stage = figure("Stage")
    heading = said("Its days, elapsed and counted")
    sentences = fields.List(
        fields.String(), required=True, metadata={"description": "A sentence a link"}
    )


class ChainSchema(Strict):
    """Why a project took as long as it did."""

    project = said("Project code")
    days = amount("From the first stage's opening to the end of the last closed one")
    limit = figure("Working days that the flow allows departments; null without", none=True)
    stages = many(StageTimeSchema, "By stage")
    links = many(ChainLinkSchema, "In order of time")
    heading = said("Its days in words, elapsed and counted, in the language asked for")
    told = many(StageStorySchema, "The same in words, stage by stage")
    sentences = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "All these words, line by line"},
    )
