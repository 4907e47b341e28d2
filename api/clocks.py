"""Clocks: the time of an item with its arithmetic, of stages, of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from api import actors, sight
from api.contract import reads
from api.locales import preferred
from api.parser import Nouns
from api.parts import parts
from api.present import members
from api.schemas.clocks import (
    ClockLinesQuerySchema,
    ClockLinesSchema,
    ClockQuerySchema,
    ItemClockSchema,
    ProjectClockSchema,
)
from workflows.clock_lines import sheet
from workflows.errors import UnknownStageError
from workflows.moments import local_date
from workflows.reported import reported
from workflows.stage_clock import project_clock
from workflows.stage_lines import stretches
from workflows.texts import text

if TYPE_CHECKING:
    from workflows.clock_lines import Account

nouns = Nouns("clocks", __name__, description="Days used and left, with the arithmetic")
Row = dict[str, Any]
_PROJECT = "/projects/<project:code>"


@nouns.route(f"{_PROJECT}/items/<item:item>/clock", methods=["GET"])
@reads(nouns, "getItemClock", ItemClockSchema, query=ClockQuerySchema)
def item_clock(query: Row, code: str, item: str) -> Row:
    """Show an item's clock.

    Both limits, each in its own unit, with every date that counts or does not, the rule and its
    source; beside it the figures of the national formula.
    """
    project = sight.project(code, actors.current())
    library = parts().in_force.of(project)
    today = local_date(parts().clock.now())
    seen = sheet(project, item, query["unit"], library.catalogue, library.calendar, today)
    return {
        **members(seen),
        "committed": _account(seen.committed),
        "statutory": _account(seen.statutory),
    }


@nouns.route(f"{_PROJECT}/clock", methods=["GET"])
@reads(nouns, "getProjectClock", ProjectClockSchema)
def show_clock(code: str) -> Row:
    """Show a project's clock.

    Its stage runs and the whole: days by whose time they were, each date once; beside it the
    figures of the national formula.
    """
    project = sight.project(code, actors.current())
    library = parts().in_force.of(project)
    today = local_date(parts().clock.now())
    seen = project_clock(project, library.catalogue, library.calendar, today)
    national = reported(project, library.catalogue, library.calendar, today)
    return {**members(seen), "project": code, "on": today, "reported": national}


@nouns.route(f"{_PROJECT}/clock/lines", methods=["GET"])
@reads(nouns, "getClockLines", ClockLinesSchema, query=ClockLinesQuerySchema)
def show_lines(query: Row, code: str) -> Row:
    """Show the arithmetic of a stage's clock.

    Or, without `stage`, of the whole project's: whose time each stretch of dates was, for which
    items, and how many days were counted up to then.
    """
    project = sight.project(code, actors.current())
    library = parts().in_force.of(project)
    today = local_date(parts().clock.now())
    stage, unit = query.get("stage"), query["unit"]
    whole = project_clock(project, library.catalogue, library.calendar, today)
    runs = {(each.stage, each.unit): each for each in whole.stages}
    if stage is not None and (stage, unit) not in runs:
        raise UnknownStageError(stage=stage, unit=unit)
    clock = whole if stage is None else runs[stage, unit]
    locale = preferred(request.accept_languages)
    lines = stretches(project, clock, library.calendar, today)
    return {
        "project": code,
        "stage": stage,
        "unit": unit,
        "on": today,
        "lines": [
            {**members(line), "text": text(f"clock.part.{line.part}", locale)} for line in lines
        ],
    }


def _account(account: Account | None) -> Row | None:
    if account is None:
        return None
    locale = preferred(request.accept_languages)
    lines = [
        {**members(line), "text": text(f"clock.rule.{line.rule}", locale)} for line in account.lines
    ]
    return {"reading": account.reading, "lines": lines}
