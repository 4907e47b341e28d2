"""`abreast bpmn`: generate the definitions from the catalogue, check them, show what one says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpmn.build import definitions
from bpmn.diagram import Kind
from bpmn.library import DEFINITIONS, shipped
from bpmn.net import link
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Failed, terminal
from engine.library import CATALOGUE
from workflows.catalogue.load import load
from workflows.plans import stage_plans

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.diagram import Diagram, Element


@click.group("bpmn", cls=SpokenGroup, help="help.bpmn")
def group() -> None:
    """Hold the commands about definitions."""


@group.command("build", help="help.bpmn_build")
@option("--into", type=click.Path(file_okay=False, path_type=Path), help="into")
@as_json()
def build(into: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Write the definitions that the shipped catalogue asks for."""
    folder = into or DEFINITIONS
    folder.mkdir(parents=True, exist_ok=True)
    outdated = stale(folder)
    for name, content in outdated.items():
        (folder / name).write_bytes(content)
    total = len(list(folder.glob("*.bpmn")))
    if as_json:
        terminal().data({"written": sorted(outdated), "total": total, "folder": str(folder)})
    else:
        terminal().print("bpmn.built", written=len(outdated), total=total, folder=folder)


@group.command("check", help="help.bpmn_check")
@as_json()
def check(as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Read and link every definition, and compare it with the catalogue."""
    speaker = terminal()
    outdated = sorted(stale())
    rows = [_row(diagram) for diagram in shipped().values()]
    if as_json:
        speaker.data({"definitions": rows, "stale": outdated, "ok": not outdated})
    else:
        table = speaker.table(
            "bpmn.title", ("process", "elements", "items", "bits", "hash"), _FIGURES
        )
        for row in rows:
            cells = [str(row[key]) for key in ("process", "elements", "items", "bits", "hash")]
            table.add_row(*cells[:-1], cells[-1][:12])
        speaker.out.print(table)
    if outdated:
        raise Failed("bpmn.stale", files=", ".join(outdated))


@group.command("show", help="help.bpmn_show")
@click.argument("process")
@as_json()
def show(process: str, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Show the elements of one process, by lane."""
    speaker = terminal()
    diagrams = shipped()
    if process not in diagrams:
        raise Failed("bpmn.unknown", process=process, known=", ".join(diagrams))
    elements = [e for e in diagrams[process].elements if e.kind in _SHOWN]
    if as_json:
        speaker.data({"process": process, "elements": [_told(e) for e in elements]})
        return
    table = speaker.table("bpmn.elements", ("lane", "element", "name", "element_kind", "who"))
    for element in sorted(elements, key=lambda e: (e.lane or "", e.id)):
        who = "" if element.step is None else speaker.say(f"performer.{element.step.performer}")
        table.add_row(
            element.lane or element.parent or "", element.id, element.name, element.kind, who
        )
    speaker.out.print(table)


_FIGURES = ("elements", "items", "bits")
_SHOWN = (Kind.TASK, Kind.CALL, Kind.BLOCK, Kind.BOUNDARY)


def stale(folder: Path = DEFINITIONS) -> Mapping[str, bytes]:
    """Return the files whose content is not what the catalogue asks for."""
    fresh = definitions(stage_plans(load(CATALOGUE.read_text(encoding="utf-8"))))
    return {
        name: content
        for name, content in fresh.items()
        if not (folder / name).exists() or (folder / name).read_bytes() != content
    }


def _row(diagram: Diagram) -> dict[str, object]:
    net = link(diagram, shipped())
    return {
        "process": diagram.id,
        "elements": len(diagram.elements),
        "items": len(net.items),
        "bits": len(net.names),
        "hash": net.hash,
    }


def _told(element: Element) -> dict[str, object]:
    return {
        "id": element.id,
        "kind": element.kind.value,
        "name": element.name,
        "lane": element.lane,
        "block": element.parent,
        "performer": None if element.step is None else element.step.performer.value,
        "outcomes": [] if element.step is None else list(element.step.outcomes),
    }
