"""Forecasts and how often they held, as they go out. Days are working days of eight hours."""

from __future__ import annotations

from analysis.expected import Goal
from api.schemas.base import (
    NameSchema,
    Strict,
    choice,
    day,
    figure,
    instant,
    lines,
    many,
    one,
    said,
    truth,
)
from api.schemas.bottlenecks import amount
from workflows.catalogue.values import DayUnit


class DaysSchema(Strict):
    """Working days from the instant of the forecast on, by level."""

    p50 = amount("As likely sooner as later")
    p80 = amount("Four of five come no later")
    p95 = amount("Nineteen of twenty come no later")


class DatesSchema(Strict):
    """Legal dates by level; null beyond the published calendar."""

    p50 = day("As likely sooner as later", none=True)
    p80 = day("Four of five come no later", none=True)
    p95 = day("Nineteen of twenty come no later", none=True)


class ExpectedSchema(Strict):
    """When a goal is expected."""

    kind = choice(
        "milestone: the stage's, which opens the next one; stage: nothing of it is open or wanted; "
        "project: the whole project",
        [each.value for each in Goal],
    )
    stage = figure("Stage 1-5; 0 for the whole project")
    unit = figure("Unit, 0 = the whole project")
    name = one(NameSchema, "Name of the stage; null for the whole project", none=True)
    days = one(DaysSchema, "Days from the instant of the forecast on")
    dates = one(DatesSchema, "The same as dates")


class AdjustedSchema(Strict):
    """What a forecast was adjusted by."""

    fitted_from = day("First day of the history that it was learned from")
    fitted_until = day("Last day of it")
    forecasts = figure("Past forecasts that were held against the truth")


class ForecastSchema(Strict):
    """When a project is expected to reach its next goals."""

    project = said("Project code")
    as_of = instant("When it was made, UTC; null before the first one", none=True)
    stale = truth("Something happened in the project since, or it is older than two days")
    unit = choice("What the days are", [DayUnit.WORKING_DAY.value])
    calibration = one(
        AdjustedSchema, "What it was adjusted by; null where there is too little history", none=True
    )
    milestones = many(ExpectedSchema, "Goals that have not come yet, the soonest first")


class LevelSchema(Strict):
    """How often the truth came no later than a level said."""

    nominal = amount("How often it should, 0 to 1")
    observed = amount("How often it did; null where nothing is known yet", none=True)
    low = amount("Lower bound (95 %); null with fewer than twenty projects", none=True)
    high = amount("Upper bound (95 %)", none=True)


class CoverageSchema(Strict):
    """How forecasts of one goal held."""

    kind = choice("What was forecast", ["all", *(each.value for each in Goal)])
    stage = figure("Stage 1-5; 0 for the whole project, and for all together")
    name = one(NameSchema, "Name of the stage; null for the others", none=True)
    forecasts = figure("How many there were")
    projects = figure("Of how many projects")
    open = figure("Forecasts of which the truth has not come yet")
    levels = many(LevelSchema, "By level; one counts once its time has passed")


class CalibrationSchema(Strict):
    """How often forecasts held."""

    as_of = instant("When the past was replayed, UTC; null before the first time", none=True)
    fitted_from = day("First day of the history that the replay learned from", none=True)
    fitted_until = day("Last day of it; what came later was forecast", none=True)
    until = day("Up to this day the truth is known", none=True)
    replayed = many(
        CoverageSchema, "Past days forecast with what was known then; all together first"
    )
    told = many(CoverageSchema, "What people were told; all together first")


class EndSchema(Strict):
    """When one running project is expected to be done."""

    code = said("Project code")
    name = said("Name; null when it was erased", none=True)
    township = said("Township code")
    stage = figure("Furthest stage that has opened, 1-4")
    as_of = instant("When the forecast was made, UTC")
    p50 = day("Done by then as likely as not; null beyond the published calendar", none=True)
    p80 = day("Four of five are done by then", none=True)
    p95 = day("Nineteen of twenty are done by then", none=True)


class ForecastsSchema(Strict):
    """Running projects by the day on which they are expected to be done."""

    data = lines(EndSchema, "Projects, the soonest first")
