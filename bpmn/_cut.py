"""Make stages small enough to explore whole: items of one step, a few optional items at a time."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from bpmn.conditions import parse
from bpmn.diagram import Diagram, Element, Kind, Performer, Result, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_HANDLE = Step(status=8, performer=Performer.DEPARTMENT, outcomes=("granted", "refused"))


def one_step(process: str) -> Diagram:
    """Return an item file of one step, which is granted or refused."""
    refused = parse("outcome == 'refused'")
    return Diagram(
        id=process,
        name=process,
        elements=(
            Element(
                id="decided",
                kind=Kind.EXCLUSIVE,
                name="",
                targets=("granted", "refused"),
                conditions=(("refused", refused),),
                default="granted",
            ),
            Element(id="granted", kind=Kind.END, name="", result=Result.GRANTED),
            Element(id="handle", kind=Kind.TASK, name="", targets=("decided",), step=_HANDLE),
            Element(id="refused", kind=Kind.END, name="", result=Result.REFUSED),
            Element(id="start", kind=Kind.START, name="", targets=("handle",)),
        ),
    )


def samples(
    stage: Diagram, produces: Mapping[str, Collection[str]], size: int
) -> Iterator[Diagram]:
    """Yield the stage with *size* items a block, until every item was there once.

    With an item come those of this stage's blocks that issue what it or an ordered item needs.
    """
    blocks = [e.id for e in stage.elements if e.kind is Kind.BLOCK]
    groups = [
        _groups([e.id for e in stage.elements if e.parent == block], size) for block in blocks
    ]
    ordered = {e.id for e in stage.elements if e.kind is Kind.CALL and e.parent is None}
    needed = _needed(stage, produces)
    for chosen in zip_longest(*groups) if blocks else [()]:
        # A block whose groups ran out shows its first again: an empty block would be another one.
        groups_now = [group or groups[n][0] for n, group in enumerate(chosen)]
        keep = _closure(ordered.union(*groups_now), needed)
        yield replace(
            stage,
            elements=tuple(e for e in stage.elements if e.parent is None or e.id in keep),
        )


def _groups(items: list[str], size: int) -> list[list[str]]:
    return [items[first : first + size] for first in range(0, len(items), size)]


def _needed(
    stage: Diagram, produces: Mapping[str, Collection[str]]
) -> Mapping[str, frozenset[str]]:
    """Return, by item node, the nodes of this stage that issue a document it needs."""
    marks = {e.id: e.item for e in stage.elements if e.item is not None}
    return {
        name: frozenset(
            other
            for other, issuing in marks.items()
            if not set(mark.needs).isdisjoint(produces.get(issuing.code, ()))
        )
        for name, mark in marks.items()
    }


def _closure(first: Iterable[str], needed: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    pending = set(first)
    while pending:
        name = pending.pop()
        found.add(name)
        pending |= needed.get(name, frozenset()) - found
    return found
