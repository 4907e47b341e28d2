"""What papers make of a project: materials at hand, materials tolerated as missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.project import ItemState, Supplied, Tolerance, item_key

if TYPE_CHECKING:
    from workflows.project import Project


def filed_papers(
    project: Project, body: e.MaterialSupplied | e.Tolerated | e.ToleranceMet, event: e.Event
) -> Project:
    """Return the project with a material handed in, or with one tolerated as missing."""
    if isinstance(body, e.MaterialSupplied):
        return _supplied(project, body, event)
    key = item_key(body.unit, body.item)
    if isinstance(body, e.ToleranceMet):
        state = project.items[key]
        met = tuple(_met(each, body, event) for each in state.tolerances)
        return replace(project, items={**project.items, key: replace(state, tolerances=met)})
    blank = ItemState(unit=body.unit, stage=body.stage, item=body.item)
    state = project.items.get(key, blank)
    tolerance = Tolerance(
        attempt=body.attempt, missing=body.missing, due=body.due, since=event.happened_at
    )
    state = replace(state, tolerances=(*state.tolerances, tolerance))
    return replace(project, items={**project.items, key: state})


def _met(tolerance: Tolerance, body: e.ToleranceMet, event: e.Event) -> Tolerance:
    meant = tolerance.attempt == body.attempt
    return replace(tolerance, met_at=event.happened_at) if meant else tolerance


def _supplied(project: Project, body: e.MaterialSupplied, event: e.Event) -> Project:
    key = item_key(body.unit, body.material)
    before = project.materials.get(key)
    supplied = Supplied(
        material=body.material,
        unit=body.unit,
        file=body.file,
        size=body.size,
        media_type=body.media_type,
        name=body.name,
        supplied_at=event.happened_at,
        first_at=event.happened_at if before is None else before.first_at,
        version=1 if before is None else before.version + 1,
    )
    return replace(project, materials={**project.materials, key: supplied})
