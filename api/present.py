"""From values to what schemas read: codes get their names, nothing else is added."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.envelope import Envelope
    from engine.store.queries import CaseLine, ProjectLine
    from workflows.catalogue.values import Catalogue
    from workflows.events import Event
    from workflows.progress import (
        Extension,
        ItemProgress,
        ItemTime,
        Progress,
        Revocation,
        StageProgress,
        Step,
    )
    from workflows.project import Document, Flag, Pair

Row = dict[str, Any]


def progress(seen: Progress, catalogue: Catalogue, texts: Mapping[str, str]) -> Row:
    """Return a progress for ProgressSchema.

    Args:
        texts: Words behind the notes of its items, by reference; what was erased is null.
    """
    return {
        **members(seen),
        "flow_name": catalogue.flows[seen.flow].name,
        "catalogue": catalogue.hash,
        "units": [
            {"unit": unit.unit, "stages": [_stage(each, catalogue, texts) for each in unit.stages]}
            for unit in seen.units
        ],
        "documents": [_document(each, catalogue) for each in seen.documents],
    }


def pair(one: Pair) -> Row:
    """Return a pair for PairSchema."""
    draw = one.draw
    if draw is None:
        return members(one)
    tickets = [
        {"first": first, "second": second, "digest": digest}
        for first, second, digest in draw.candidates
    ]
    return {**members(one), "draw": {**members(draw), "candidates": tickets}}


def line(one: ProjectLine) -> Row:
    """Return a project's line for ProjectSchema."""
    return {**members(one), "code": one.project, "name": one.name or None}


def case(one: CaseLine) -> Row:
    """Return a line of a caseload for CaseSchema."""
    return {**line(one.project), "open_tasks": one.open_tasks, "wanted": one.wanted}


def envelope(one: Envelope) -> Row:
    """Return one event of the log for SealedEventSchema."""
    return {**members(one), "body": json.loads(one.body)}


def event(one: Event) -> Row:
    """Return an event as the rules see it for EventSchema."""
    body = msgspec.to_builtins(one.body)
    return {**members(one), "kind": type(one.body).__name__, "body": body}


def task_id(unit: int, item: str | None, attempt: int, path: str) -> str:
    """Return the id of a task on the outside.

    >>> task_id(0, "S1-08", 1, "stage_1/S1_08/review")
    '0/S1-08/1/review'
    >>> task_id(0, None, 0, "stage_1/intake_1")
    '0/stage_1/0/intake_1'
    """
    process, _, _ = path.partition("/")
    return f"{unit}/{item or process}/{attempt}/{path.rpartition('/')[2]}"


def _stage(stage: StageProgress, catalogue: Catalogue, texts: Mapping[str, str]) -> Row:
    return {
        **members(stage),
        "name": catalogue.stages[stage.stage].name,
        "wanted": stage.wanted,
        "granted": stage.granted,
        "items": [_item(item, catalogue, texts) for item in stage.items],
        "pairs": [pair(each) for each in stage.pairs],
    }


def _item(item: ItemProgress, catalogue: Catalogue, texts: Mapping[str, str]) -> Row:
    return {
        **members(item),
        "lamp": item.lamp,
        "name": catalogue.items[item.item].name,
        "step": None if item.step is None else _step(item, item.step),
        "time": None if item.time is None else _time(item.time),
        "extension": None if item.extension is None else _reasoned(item.extension, texts),
        "revocation": None if item.revocation is None else _reasoned(item.revocation, texts),
        "flags": [_reasoned(flag, texts) for flag in item.flags],
        "told": [
            {
                **members(each),
                "materials": [catalogue.materials[code].name for code in each.materials],
            }
            for each in item.told
        ],
    }


def _time(time: ItemTime) -> Row:
    paused = [{"kind": kind, "days": days} for kind, days in time.paused.items()]
    return {**members(time), "paused": paused}


def _reasoned(value: Extension | Revocation | Flag, texts: Mapping[str, str]) -> Row:
    return {**members(value), "reason": texts.get(value.reason.ref)}


def _step(item: ItemProgress, step: Step) -> Row:
    return {**members(step), "task": task_id(item.unit, item.item, item.attempt, step.path)}


def _document(document: Document, catalogue: Catalogue) -> Row:
    return {**members(document), "name": catalogue.documents[document.document].name}


def members(value: Any) -> Row:  # noqa: ANN401 - any of our frozen values
    """Return the fields of a frozen value by name, one level deep."""
    return {name: getattr(value, name) for name in _names(value.__class__)}


@cache
def _names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - the class of any of our frozen values
    return tuple(field.name for field in fields(kind))
