"""The tables behind the bottleneck report, as lists: sorted, saved as files, page after page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis import groups
from analysis.drill import Asked, drilled
from analysis.plain import plain
from analysis.report import numbered
from api.bottlenecks import reported
from api.called import names_of
from api.chosen import columns_of
from api.contract import reads
from api.cursors import page_of, read_cursor, write_cursor
from api.parser import Nouns
from api.parts import parts
from api.schemas.bottlenecks import ChosenSchema
from api.schemas.league import (
    CasePageSchema,
    CasesPageQuerySchema,
    CausesSchema,
    GatesSchema,
    LeagueQuerySchema,
    LeagueSchema,
)
from engine.report_tables import Wording
from engine.store import naming
from workflows.catalogue.values import Name

if TYPE_CHECKING:
    from analysis.columns import Columns
    from analysis.groups import Figures, Measures

nouns = Nouns("league", __name__, description="The tables behind the bottleneck report")
Row = dict[str, Any]
_PLACE = ("place",)


@nouns.route("/reports/figures", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "listFigures", LeagueSchema, query=LeagueQuerySchema)
def list_figures(query: Row) -> Row:
    """List figures of departments, stages, flow types, items, townships or agents.

    The same as in the bottleneck report, as lines: to be sorted, and saved as a file.
    """
    columns = columns_of(query)
    dimension = query["by"]
    found = plain(_figures(columns, groups.measures(columns), dimension))
    names = names_of((dimension, line["key"]) for line in found)
    return {"data": [line | {"name": _both(names.get((dimension, line["key"])))} for line in found]}


@nouns.route("/reports/gates", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "listGates", GatesSchema, query=ChosenSchema)
def list_gates(query: Row) -> Row:
    """List which items closed the stages, and how much later than the runner-up.

    The same as in the bottleneck report, as lines: to be sorted, and saved as a file.
    """
    found = plain(reported(query).gates)
    keys = [(("stage", str(line["stage"])), ("item", line["item"])) for line in found]
    names = names_of(key for both in keys for key in both)
    return {
        "data": [
            {name: value for name, value in line.items() if name != "of"}
            | {"stage_name": names.get(stage), "item_name": names.get(item), "closings": line["of"]}
            for line, (stage, item) in zip(found, keys, strict=True)
        ]
    }


@nouns.route("/reports/causes", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "listCauses", CausesSchema, query=ChosenSchema)
def list_causes(query: Row) -> Row:
    """List what took the days of the projects' paths, the most days first.

    The same as in the bottleneck report, as lines with their words: to be sorted, and saved as a
    file.
    """
    found = reported(query).path
    chinese, english = (
        Wording(catalogue=parts().library.catalogue, locale=locale) for locale in ("zh-CN", "en")
    )
    return {
        "data": [
            {
                "place": place,
                "sure": place <= found.resolved,
                "kind": each.cause.kind.value,
                "key": each.cause.key,
                "text": Name(zh=chinese.cause(each.cause), en=english.cause(each.cause)),
                "days": each.days,
                "low": each.low,
                "high": each.high,
            }
            for place, each in enumerate(found.causes, start=1)
        ]
    }


@nouns.route("/reports/attempts", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "listAttempts", CasePageSchema, query=CasesPageQuerySchema)
def list_attempts(query: Row) -> Row:
    """List the attempts behind a figure.

    The slowest first, each with its days by part. What happens meanwhile may move them.
    """
    columns = columns_of(query)
    limit = query["limit"]
    place = read_cursor(query.get("cursor"), _PLACE)
    first = 0 if place is None else int(str(place[0]))
    asked = Asked(
        department=query.get("department"),
        item=query.get("item"),
        stage=query.get("stage"),
        overdue=query.get("overdue", False),
    )
    found = drilled(columns, groups.measures(columns), asked, most=limit + 1, first=first)
    page, last = page_of(found, limit)
    with parts().new_uow() as uow:
        names = naming.project_names(uow.connection, {each.project for each in page})
    return {
        "data": [line | {"name": names.get(line["project"])} for line in plain(page)],
        "next": None if last is None else write_cursor((first + limit,)),
    }


def _figures(columns: Columns, measured: Measures, dimension: str) -> tuple[Figures, ...]:
    names = columns.names
    match dimension:
        case "stage":
            return numbered(measured, columns.stage)
        case "flow":
            return numbered(measured, columns.flow)
        case "item":
            return groups.figures(measured, columns.item, names.items)
        case "township":
            return groups.figures(measured, columns.township, names.townships)
        case "agent":
            return groups.figures(measured, columns.agent, names.agents)
        case _:
            return groups.figures(measured, columns.department, names.departments)


def _both(name: Name | str | None) -> Name | None:
    """Return a name in both languages: people have the same in either."""
    return Name(zh=name, en=name) if isinstance(name, str) else name
