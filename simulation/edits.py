"""The catalogue as a scenario has it, and the definitions drawn by it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bpmn.build import definitions
from bpmn.library import DEFINITIONS, shipped
from bpmn.net import link
from bpmn.reader import read
from workflows.catalogue.values import Catalogue, DayUnit, Limit
from workflows.plans import stage_plans

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.diagram import Diagram
    from bpmn.net import Net
    from simulation.scenario import Edits, Pairing
    from workflows.catalogue.values import Item

SOURCE = "A"  # a scenario's limit is an assumption, never law
_MANY = 99  # slots: more than a stage has items


def edited(catalogue: Catalogue, edits: Edits) -> Catalogue:
    """Return *catalogue* with the edits made; what they name must exist (see `check`)."""
    items = {
        code: _item(item, edits)
        for code, item in catalogue.items.items()
        if code not in edits.dropped
    }
    if items == dict(catalogue.items):
        return catalogue
    said = repr(
        [(c, i.coupling, i.needs, i.committed_limit, i.commitment) for c, i in items.items()]
    )
    content = hashlib.sha256(f"{catalogue.hash}\n{said}".encode()).hexdigest()
    return Catalogue(
        hash=content,
        items=items,
        title=catalogue.title,
        note=catalogue.note,
        vocabulary=catalogue.vocabulary,
        departments=catalogue.departments,
        flows=catalogue.flows,
        stages=catalogue.stages,
        facts=catalogue.facts,
        contradictions=catalogue.contradictions,
        documents=catalogue.documents,
        materials=catalogue.materials,
        procedures=catalogue.procedures,
        sources=catalogue.sources,
    )


def _item(item: Item, edits: Edits) -> Item:
    limit = item.committed_limit
    if item.code in edits.limits:
        limit = Limit(days=edits.limits[item.code], unit=DayUnit.WORKING_DAY, source=SOURCE)
    return replace(
        item,
        coupling=edits.couplings.get(item.code, item.coupling),
        needs=tuple(
            replace(need, hard=edits.needs.get((item.code, need.document), need.hard))
            for need in item.needs
        ),
        committed_limit=limit,
        commitment=edits.commitment.get(item.code, item.commitment),
    )


def nets_of(catalogue: Catalogue, pairing: Pairing) -> Mapping[str, Net]:
    """Return the lifecycle and the stages drawn from *catalogue*, by process id.

    Its pairable items have the slots and the mode of *pairing*.
    """
    return _linked(catalogue, pairing.mode.value, pairing.slots or _MANY)


@lru_cache(maxsize=32)
def _linked(catalogue: Catalogue, mode: str, slots: int) -> Mapping[str, Net]:
    diagrams = {name: _paired(each, mode, slots) for name, each in _diagrams(catalogue).items()}
    return {
        name: link(diagram, {} if name == "lifecycle" else diagrams)
        for name, diagram in diagrams.items()
        if name == "lifecycle" or name.startswith("stage_")
    }


@lru_cache(maxsize=16)
def _diagrams(catalogue: Catalogue) -> Mapping[str, Diagram]:
    """Return the definitions, read back from what is drawn: what has changed is read anew."""
    files = definitions(stage_plans(catalogue))
    known = shipped_files()
    return {
        name.removesuffix(".bpmn"): shipped()[name.removesuffix(".bpmn")]
        if known.get(name) == content
        else read(content)
        for name, content in files.items()
    }


@lru_cache(maxsize=1)
def shipped_files() -> Mapping[str, bytes]:
    """Return the shipped definitions by file name."""
    return {path.name: path.read_bytes() for path in sorted(DEFINITIONS.glob("*.bpmn"))}


def _paired(diagram: Diagram, mode: str, slots: int) -> Diagram:
    return replace(
        diagram,
        elements=tuple(
            replace(element, pairing=replace(element.pairing, mode=mode, slots=slots))
            if element.pairing is not None and element.pairing.slots
            else element
            for element in diagram.elements
        ),
    )
