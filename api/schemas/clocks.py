"""What the clocks answer: every figure with its unit and its source."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.base import (
    Strict,
    choice,
    codes,
    day,
    figure,
    many,
    one,
    said,
    truth,
    whole,
)
from workflows.catalogue.values import DayUnit
from workflows.clock import Lamp
from workflows.clock_lines import Rule
from workflows.stage_clock import Part

_UNITS = [each.value for each in DayUnit]
_MOST_UNITS = 999


def _parts(description: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(),
        values=fields.Integer(strict=True),
        required=True,
        metadata={"description": description},
    )


def _counts() -> fields.String:
    return choice("What the figures count", _UNITS)


def _lamp(of: str = "Colour of the clock") -> fields.String:
    return choice(of, [each.value for each in Lamp])


class ClockQuerySchema(Strict):
    """Which unit of the project."""

    unit = whole("Unit: 0 = the whole project (default)", most=_MOST_UNITS, default=0, query=True)


class ClockLinesQuerySchema(ClockQuerySchema):
    """Which clock of the project."""

    stage = whole("Stage; without it, the project", least=1, most=5, required=False, query=True)


class ReadingSchema(Strict):
    """One limit held against the days used, all in its own unit."""

    limit = figure("Days allowed, the extension among them")
    extension = figure("Days by which it was extended")
    unit = _counts()
    source = said("Source key of the limit")
    used = figure("Days used")
    left = figure("Days left; negative when overdue")
    due = day(
        "Last day inside the limit; null while a pause of unknown end is open, and beyond the "
        "calendar",
        none=True,
    )
    overdue = truth("More days were used than allowed")
    provisional = truth("Working days up to the due date are not published yet")
    beyond = truth("It lies beyond the calendar's last day, as of which the figures are said")
    share = fields.Float(
        required=True, allow_none=True, metadata={"description": "used / limit; null without days"}
    )


class ClockLineSchema(Strict):
    """One date of the arithmetic."""

    day = day("The date")
    rule = choice("Why it counts or does not", [each.value for each in Rule])
    text = said("The rule in words, in the client's language")
    source = said("Source key of the rule")
    number = figure("The how-manieth counted day it is; null when it does not count", none=True)
    procedure = said("Special procedure that covers it", none=True)
    ahead = truth("After today: so it will be, if nothing stops the clock")
    extended = truth("One of the days of an extension")
    late = truth("Beyond the limit")
    provisional = truth("Its year's holidays are not published yet")


class AccountSchema(Strict):
    """A limit and the arithmetic behind it."""

    reading = one(ReadingSchema, "The limit")
    lines = many(ClockLineSchema, "Every date from the acceptance on")


class AttemptClockSchema(Strict):
    """The clock of one attempt."""

    start = day("Day of acceptance", none=True)
    end = day("Day of the decision; null while it runs", none=True)
    unit = _counts()
    source = said("Source key of the rule by which its days count")
    span = figure("Calendar days from start to end or today")
    elapsed = figure("Days of the unit in that time: used and paused ones")
    used = figure("Days used, in the unit")
    paused = _parts("Days paused by kind, in the unit; each date once")
    before = _parts("The same between filing and acceptance, which no limit counts")
    owner_days = figure("Days that were the owner's: supplements, before acceptance as well")
    lamp = _lamp("Colour of the committed limit")
    statutory_lamp = _lamp(
        "Colour of the statutory limit: red beside a green one where law is late"
    )


class ItemReportedSchema(Strict):
    """The same attempt by the national formula."""

    start = day("受理", none=True)
    end = day("办结", none=True)
    unit = _counts()
    span = figure("跨度用时, calendar days")
    used = figure("Days used; null where the formula knows no time", none=True)
    limit = figure("Days promised", none=True)
    overdue = truth("More days than promised")
    source = said("Source key of the formula")


class ItemClockSchema(Strict):
    """All about the time of one item of one unit."""

    project = said("Project code")
    unit = figure("Unit")
    item = said("Item code")
    attempt = figure("Its last attempt; 0 before the first")
    on = day("Legal date that it was computed for")
    filed = day("Day of filing", none=True)
    clock = one(AttemptClockSchema, "The clock", none=True)
    committed = one(AccountSchema, "The committed limit", none=True)
    statutory = one(AccountSchema, "The statutory limit", none=True)
    delivery = one(ReadingSchema, "Delivery after a decision that grants", none=True)
    reported = one(ItemReportedSchema, "As the national report has it", none=True)


class StageClockSchema(Strict):
    """The clock of a stage run."""

    stage = figure("Stage")
    unit = figure("Unit")
    start = day("First filing", none=True)
    end = day("Nothing was open any more", none=True)
    span = figure("Calendar days")
    counts = _counts()
    source = said("Source key of the rule by which its days count")
    elapsed = figure("Days in that time: the parts add up to it")
    used = figure("Days on which some accepted attempt ran unpaused")
    parts = _parts("Days by whose time they were")
    reading = one(ReadingSchema, "The stage's limit", none=True)
    lamp = _lamp()


class StageReportedSchema(Strict):
    """A stage run by the national formula."""

    stage = figure("Stage")
    unit = figure("Unit")
    start = day("Earliest 接件", none=True)
    end = day("End", none=True)
    counts = _counts()
    approval = figure("审批用时")
    special = figure("Pauses of the items, united")
    stage_days = figure("阶段用时")
    owner = figure("建设单位用时")
    limit = figure("Stage limit", none=True)
    overdue = truth("Beyond its limit, or an item of it is")
    returned = truth("Some item was not accepted (退件)")
    otherwise = truth("Some item was taken back or revoked")


class ReportedSchema(Strict):
    """The project by the national formula."""

    counts = _counts()
    source = said("Source key of the formula")
    approval = figure("审批用时: the longest unit of each stage, added up")
    parallel = figure("并行: items of stage 5, added up")
    total = figure("Both")
    span = figure("Calendar days from the first 接件 to the last end")
    overdue = truth("Some item is overdue")
    stages = many(StageReportedSchema, "Its stage runs")


class ProjectClockSchema(Strict):
    """The clock of a project, and of its stage runs."""

    project = said("Project code")
    on = day("Legal date that it was computed for")
    start = day("Day of filing")
    end = day("Day of its end", none=True)
    span = figure("Calendar days")
    counts = _counts()
    source = said("Source key of the rule by which its days count")
    elapsed = figure("Days in that time: the parts add up to it")
    used = figure("Days on which some accepted attempt of stages 1-4 ran unpaused")
    parallel = figure("Days on which an item of stage 5 ran")
    parts = _parts("Days by whose time they were")
    reading = one(ReadingSchema, "The flow type's limit")
    lamp = _lamp()
    stages = many(StageClockSchema, "Its stage runs")
    reported = one(ReportedSchema, "As the national report has it")


class StretchSchema(Strict):
    """Dates in a row whose time was the same part's."""

    since = day("First date")
    until = day("Last date")
    part = choice("Whose time it was", [each.value for each in Part])
    text = said("The same in words, in the client's language")
    days = figure("Working days among them")
    counted = figure("Those that the clock counts")
    total = figure("Days counted up to and with the last of them")
    items = codes("Items whose time it was; none while nothing was filed")
    source = said("Source key of the rule")
    late = truth("Beyond the limit")


class ClockLinesSchema(Strict):
    """The arithmetic of a stage's clock, or of the project's."""

    project = said("Project code")
    stage = figure("Stage; null = the whole project", none=True)
    unit = figure("Unit of the stage")
    on = day("Legal date that it was computed for")
    lines = many(StretchSchema, "In order of time, without a gap")
