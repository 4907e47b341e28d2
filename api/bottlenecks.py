"""Bottleneck reports: where the days go, from the stored facts."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, request

from analysis import fairness
from analysis.choice import chosen_runs
from analysis.comparison import compared
from analysis.drill import Asked, drilled
from analysis.groups import measures
from analysis.heat import heats, step_heats
from analysis.pairing import pairs_report
from analysis.plain import plain
from analysis.report import report
from analysis.why import why
from api import actors, sight
from api.chosen import columns_of, every, period_of
from api.contract import reads, serves
from api.locales import preferred
from api.parser import Nouns
from api.parts import parts
from api.problems import RequestError
from api.schemas.bottlenecks import (
    AgentsReportSchema,
    BottlenecksSchema,
    CasesQuerySchema,
    CasesReportSchema,
    ChainSchema,
    ChosenSchema,
    ComparisonSchema,
    HeatMapSchema,
    MonthQuerySchema,
    PairsReportSchema,
    SplitSchema,
)
from api.worked_out import worked_out
from engine import report_page
from engine.report_tables import Wording, name_of
from engine.why_words import counted, story
from workflows.graph import related
from workflows.moments import local_date
from workflows.stage_clock import project_clock

if TYPE_CHECKING:
    from analysis.columns import Columns
    from analysis.pairing import PairFigures
    from analysis.report import Report
    from workflows.catalogue.values import Name

nouns = Nouns("bottlenecks", __name__, description="Where the days go, and why")
Row = dict[str, Any]
_NAMED = {
    "departments": "department",
    "stages": "stage",
    "flows": "flow",
    "items": "item",
    "townships": "township",
    "agents": "agent",
    "rolled": "department",
}


@nouns.route("/reports/bottlenecks", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "getBottlenecks", BottlenecksSchema, query=ChosenSchema)
def show_bottlenecks(query: Row) -> Row:
    """Report where the days go.

    By department, stage, flow, item, township and agent; what closed the stages; causes ranked,
    with a ranking that says where it is not resolved.
    """
    found: Row = plain(reported(query))
    for table, dimension in _NAMED.items():
        for line in found[table]:
            line["name"] = _name(dimension, line["key"])
    found["whole"]["name"] = None
    for line in found["queues"]:
        line["name"] = _name("department", line["department"])
    for line in found["gates"]:
        line["name"] = _name("item", line["item"])
    months = [{"key": key, "months": series} for key, series in found["months"].items()]
    return {**found, "today": date.fromisoformat(found["today"]), "months": months}


@nouns.route("/reports/pairs", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "getPairsReport", PairsReportSchema, query=ChosenSchema)
def show_pairs(query: Row) -> Row:
    """Report what pairs saved, and what they could have saved.

    Against one by one and against the best plan, a maximum-weight matching of what really ran.
    """
    catalogue = parts().library.catalogue

    def made(columns: Columns) -> tuple[PairFigures, ...]:
        runs = chosen_runs(columns, period_of(query))
        return pairs_report(runs, related(catalogue, catalogue.items))

    found: list[Row] = plain(worked_out("pairs", query, made, catalogue.hash))
    for line in found:
        line["policies"] = [
            {"policy": policy, "pairs": pairs, "saved": saved}
            for policy, (pairs, saved) in line["policies"].items()
        ]
    return {"stages": found}


@nouns.route("/reports/agents", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "getAgentsReport", AgentsReportSchema, query=ChosenSchema)
def show_agents(query: Row) -> Row:
    """Report what agents and townships carry.

    How many projects, how long their attempts take with bounds, and how evenly the running ones
    are spread; for supervisors (of their township), stage leads, planners and administrators.
    """
    columns = columns_of(query)
    measured = measures(columns)
    return {
        "agents": plain(fairness.agents(columns, measured)),
        "townships": plain(fairness.townships(columns, measured)),
    }


@nouns.route("/reports/comparison", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "getComparison", ComparisonSchema, query=SplitSchema)
def show_comparison(query: Row) -> Row:
    """Compare two periods.

    What came up before a day beside what came up from it on, each attempt followed for the same
    time: figures with bounds of their difference, and the causes that took more time; a difference
    is resolved where 0 lies outside its bounds.
    """
    border = date.fromisoformat(query["split"])
    found: Row = plain(
        worked_out("comparison", query, lambda each: compared(each, border, period_of(query)))
    )
    return found


@nouns.route("/reports/heat", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "getHeat", HeatMapSchema, query=ChosenSchema)
def show_heat(query: Row) -> Row:
    """Tell how long each drawn item takes.

    For the diagrams: process and element are the ids in the BPMN files, heat is relative to the
    longest item of its stage.
    """
    columns = columns_of(query)
    measured = measures(columns)
    kinds = {code: item.kind for code, item in parts().library.catalogue.items.items()}
    return {
        "elements": plain(heats(columns, measured)),
        "steps": plain(step_heats(columns, measured, kinds)),
    }


@nouns.route("/reports/cases", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "getReportCases", CasesReportSchema, query=CasesQuerySchema)
def show_cases(query: Row) -> Row:
    """List the attempts behind a figure.

    The slowest first, fifty at most, each with its days by part.
    """
    columns = columns_of(query)
    asked = Asked(
        department=query.get("department"),
        item=query.get("item"),
        overdue=query.get("overdue", False),
    )
    return {"cases": plain(drilled(columns, measures(columns), asked))}


@nouns.route("/reports/monthly", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@serves(nouns, "getMonthlyReport", "text/html", query=MonthQuerySchema)
def show_monthly(query: Row) -> Response:
    """Print the monthly report.

    A page for A4, in Chinese or English as asked for.
    """
    words = Wording(catalogue=parts().library.catalogue, locale=preferred(request.accept_languages))
    page = report_page.monthly(every({}), query["month"], words, parts().facts.reviewers())
    if page is None:
        raise RequestError(HTTPStatus.NOT_FOUND, "api.http.404")
    return Response(page, mimetype="text/html")


@nouns.route("/projects/<project:code>/why", methods=["GET"])
@reads(nouns, "getWhy", ChainSchema)
def show_why(code: str) -> Row:
    """Tell why a project takes as long as it does.

    The path that its time took, link by link, with what each was doing, and in words.
    """
    project = sight.project(code, actors.current())
    catalogue = parts().in_force.of(project).catalogue
    flow = catalogue.flows[project.flow]
    columns = parts().facts.of(project)
    found = why(columns, code, flow.limit_days, flow.stage_limits)
    words = Wording(catalogue=catalogue, locale=preferred(request.accept_languages))
    today = local_date(parts().clock.now())
    clock = project_clock(project, catalogue, parts().in_force.of(project).calendar, today)
    told = story(found, words, counted(found, clock))
    return {
        **plain(found),
        "heading": told.heading,
        "told": plain(told.stages),
        "sentences": list(told.lines),
    }


def reported(query: Row) -> Report:
    """Return the bottleneck report that the sender may have and asked for; see `worked_out`."""
    reviewers = parts().facts.reviewers()
    return worked_out(
        "bottlenecks",
        query,
        lambda columns: report(columns, reviewers, period_of(query)),
        *sorted(reviewers.items()),
    )


def _name(dimension: str, key: str) -> Name | None:
    return name_of(parts().library.catalogue, dimension, key)
