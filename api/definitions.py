"""Definitions: the drawings in force, and a stage run's tokens on one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response

from api import actors, sight
from api.contract import reads, serves
from api.parser import Nouns
from api.parts import parts
from api.problems import RequestError
from api.schemas.definitions import DefinitionsSchema, LiveDefinitionSchema
from api.schemas.pairs import UnitQuerySchema
from bpmn import library
from workflows.errors import UnknownStageError
from workflows.project import run_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bpmn.net import Net
    from workflows.project import StageRun

nouns = Nouns("definitions", __name__, description="BPMN definitions and live markings")
Row = dict[str, Any]
BPMN = "application/bpmn+xml"


@nouns.route("/definitions", methods=["GET"])
@reads(nouns, "listDefinitions", DefinitionsSchema)
def list_definitions() -> Row:
    """List the definitions.

    Every BPMN process in force: the lifecycle, the stages and the four kinds of item.
    """
    actors.current()
    in_force = parts().library.in_force
    return {
        "data": [
            {
                "process": process,
                "name": diagram.name,
                "net": in_force.get(process),
                "href": f"/api/v1/definitions/{process}",
            }
            for process, diagram in sorted(library.shipped().items())
        ]
    }


@nouns.route("/definitions/<word:process>", methods=["GET"])
@serves(nouns, "getDefinition", BPMN)
def show_definition(process: str) -> Response:
    """Fetch one definition.

    BPMN 2.0 XML with diagram interchange, as it opens in any BPMN tool.
    """
    actors.current()
    return Response(_xml(process), content_type=f"{BPMN}; charset=utf-8")


@nouns.route("/projects/<project:code>/stages/<number:stage>/definition", methods=["GET"])
@reads(nouns, "getLiveDefinition", LiveDefinitionSchema, query=UnitQuerySchema)
def show_live_definition(query: Row, code: str, stage: int) -> Row:
    """Fetch a stage with its live marking.

    The drawing of the stage and which of its elements run, are granted, wanted or left out now.
    """
    project = sight.project(code, actors.current())
    unit = query["unit"]
    run = project.runs.get(run_key(stage, unit))
    if run is None:
        raise UnknownStageError(stage=stage, unit=unit)
    process = f"stage_{stage}"
    return {
        "project": code,
        "stage": stage,
        "unit": unit,
        "number": project.number,
        "process": process,
        "net": run.net,
        "xml": _xml(process).decode(),
        "marking": _marking(run, parts().in_force.of(project).nets[run.net]),
    }


def _xml(process: str) -> bytes:
    shipped = library.shipped()
    if process not in shipped:
        raise RequestError(
            HTTPStatus.NOT_FOUND, "definition.unknown", process=process, processes=sorted(shipped)
        )
    return (library.DEFINITIONS / f"{process}.bpmn").read_bytes()


def _marking(run: StageRun, net: Net) -> Row:
    """Sort the tokens by what they say of elements; an element's id is the end of its path."""
    elements = {item.path: item.path.rpartition("/")[2] for item in net.items.values()}
    states: dict[str, set[str]] = {
        name: set() for name in ("granted", "wanted", "left_out", "slot")
    }
    running: set[str] = set()
    for path in run.tokens:
        place, _, state = path.partition(":")
        if state in states and place in elements:
            states[state].add(elements[place])
        elif not state and "<" not in place:
            running |= set(_drawn(place, elements))
    return {
        "open": sorted(running),
        "granted": sorted(states["granted"]),
        "wanted": sorted(states["wanted"]),
        "left_out": sorted(states["left_out"]),
        "slots": sorted(states["slot"]),
        "tokens": sorted(run.tokens),
    }


def _drawn(path: str, elements: Mapping[str, str]) -> Iterator[str]:
    """Yield the elements around a token that the stage's own drawing shows, outermost first."""
    place, *rest = path.split("/")
    for element in rest:
        place = f"{place}/{element}"
        yield element
        if place in elements:
            return
