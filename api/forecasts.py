"""Forecasts: when projects will be done, and how often it came so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analysis.expected import LEVELS, Coverage, Goal, day_after
from analysis.worktime import DAY, WorkTime
from api import actors, sight
from api.contract import reads
from api.parser import Nouns
from api.parts import parts
from api.present import members
from api.schemas.forecasts import CalibrationSchema, ForecastSchema, ForecastsSchema
from workflows.access import READS, Read, relations
from workflows.catalogue.values import DayUnit
from workflows.errors import NotAllowedError
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.store.forecasts import End, Forecast
    from workflows.catalogue.values import Name
    from workflows.project import Project

nouns = Nouns("forecasts", __name__, description="When projects will be done, and how sure that is")
Row = dict[str, Any]
_KEYS = [f"p{round(level * 100)}" for level in LEVELS]
_OLD = timedelta(days=2)


@nouns.route("/projects/<project:code>/forecast", methods=["GET"])
@reads(nouns, "getForecast", ForecastSchema)
def show_forecast(code: str) -> Row:
    """Forecast a project.

    When each milestone, each stage and the whole project will be done, from where the project
    stands and how much the departments have before them; made anew by a daily job.
    """
    project = sight.project(code, actors.current())
    running = project.status is ProjectStatus.RUNNING
    found = parts().forecasts.of(code) if running else ()
    return {
        "project": code,
        "as_of": found[0].made_at if found else None,
        "stale": any(_stale(each, project) for each in found),
        "unit": DayUnit.WORKING_DAY.value,
        "calibration": _adjusted() if found else None,
        "milestones": sorted((_expected(each) for each in found), key=_soonest),
    }


@nouns.route("/forecasts", methods=["GET"])
@reads(nouns, "listForecasts", ForecastsSchema)
def list_forecasts() -> Row:
    """List when projects will be done.

    The running ones within the sender's sight, those that are expected first at the top.
    """
    line = WorkTime.of(parts().library.calendar)
    rows = [_end(each, line) for each in parts().forecasts.ends(actors.current())]
    return {"data": sorted(rows, key=lambda row: (row["p50"] or date.max, row["code"]))}


@nouns.route("/reports/calibration", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "getCalibration", CalibrationSchema)
def show_calibration() -> Row:
    """Report how often forecasts held.

    By goal and level: the share that came no later than was said, with bounds; of past days
    forecast again with what was known then, and of what people were really told.

    Raises:
        NotAllowedError: For those who read no reports.
    """
    actor = actors.current()
    if not relations(actor, READS[Read.REPORT]):
        raise NotAllowedError(command="ReadReport", actor=actor.id)
    learned = parts().forecasts.calibration()
    told = [_coverage(each) for each in parts().forecasts.held()]
    if learned is None:
        nothing = dict.fromkeys(("as_of", "fitted_from", "fitted_until", "until"))
        return {**nothing, "replayed": [], "told": told}
    made_at, found = learned
    return {
        "as_of": made_at,
        "fitted_from": found.since,
        "fitted_until": found.split,
        "until": found.until,
        "replayed": [_coverage(each) for each in found.coverage],
        "told": told,
    }


def end_of(project: Project) -> Row | None:
    """Return on which days a running project is expected to be done; None where nobody knows."""
    if project.status is not ProjectStatus.RUNNING:
        return None
    line = WorkTime.of(parts().library.calendar)
    found = parts().forecasts.of(project.code)
    whole = (each for each in found if each.expected.target.goal is Goal.PROJECT)
    return next((_dates(each, line) for each in whole), None)


def ends_of(codes: Collection[str]) -> dict[str, Row]:
    """Return on which days some running projects are expected to be done, by code."""
    line = WorkTime.of(parts().library.calendar)
    found = parts().forecasts.ends_of(codes)
    return {each.expected.project: _dates(each, line) for each in found}


def _stale(found: Forecast, project: Project) -> bool:
    return found.number != project.number or parts().clock.now() - found.made_at > _OLD


def _adjusted() -> Row | None:
    learned = parts().forecasts.calibration()
    if learned is None:
        return None
    _, found = learned
    return {
        "fitted_from": found.since,
        "fitted_until": found.until,
        "forecasts": found.forecasts,
    }


def _end(found: End, line: WorkTime) -> Row:
    forecast = found.forecast
    return {
        "code": forecast.expected.project,
        "name": found.name,
        "township": found.township,
        "stage": found.reached,
        "as_of": forecast.made_at,
        **_dates(forecast, line),
    }


def _dates(found: Forecast, line: WorkTime) -> Row:
    made = line.minute(found.made_at)
    return {
        key: day_after(line, made + at) for key, at in zip(_KEYS, found.expected.at, strict=True)
    }


def _expected(found: Forecast) -> Row:
    target = found.expected.target
    line = WorkTime.of(parts().library.calendar)
    return {
        "kind": target.goal.value,
        "stage": target.stage,
        "unit": target.unit,
        "name": _name(target.stage),
        "days": {key: at / DAY for key, at in zip(_KEYS, found.expected.at, strict=True)},
        "dates": _dates(found, line),
    }


def _soonest(row: Row) -> tuple[float, int, int]:
    return row["days"]["p50"], row["stage"] or 99, row["unit"]


def _coverage(found: Coverage) -> Row:
    return {
        "kind": "all" if found.goal is None else found.goal.value,
        "stage": found.stage,
        "name": _name(found.stage),
        "forecasts": found.forecasts,
        "projects": found.projects,
        "open": found.open,
        "levels": [members(each) for each in found.levels],
    }


def _name(stage: int) -> Name | None:
    known = parts().library.catalogue.stages.get(stage)
    return None if known is None else known.name
