"""The catalogue of a running project: its open stages as they were drawn, the rest as adjusted."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from workflows.catalogue.values import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workflows.catalogue.values import Item

# What an item's next filing takes from the catalogue in force, though its stage is open.
FRESH = (
    *("name", "committed_limit", "statutory_limit", "extension", "materials", "procedures"),
    *("level", "tolerance", "note"),
)
_Key = TypeVar("_Key")
_Entry = TypeVar("_Entry")


def blend(current: Catalogue, pinned: Mapping[int, Catalogue]) -> Catalogue:
    """Return *current* with the items of each stage in *pinned* as its older catalogue has them.

    An open stage keeps which items it has, who decides them, when they apply and what they need,
    for its net is drawn by that. Limits, materials and procedures of what is yet to be filed
    follow *current*. Entries that only the older catalogues know stay known.
    """
    older = {stage: each for stage, each in pinned.items() if each != current}
    if not older:
        return current
    items = (item for stage in sorted(current.stages) for item in _of(current, older, stage))
    others = [older[stage] for stage in sorted(older)]
    return Catalogue(
        hash=_hash(current, older),
        title=current.title,
        note=current.note,
        vocabulary=current.vocabulary,
        departments=_merged(current.departments, (each.departments for each in others)),
        flows=_merged(current.flows, (each.flows for each in others)),
        stages=current.stages,
        facts=_merged(current.facts, (each.facts for each in others)),
        contradictions=current.contradictions,
        documents=_merged(current.documents, (each.documents for each in others)),
        materials=_merged(current.materials, (each.materials for each in others)),
        procedures=_merged(current.procedures, (each.procedures for each in others)),
        items={item.code: item for item in items},
        sources=_merged(current.sources, (each.sources for each in others)),
    )


def _of(current: Catalogue, older: Mapping[int, Catalogue], stage: int) -> Iterator[Item]:
    if stage not in older:
        yield from current.items_of(stage)
        return
    for item in older[stage].items_of(stage):
        now = current.items.get(item.code)
        if now is None:
            yield item
        else:
            fresh: dict[str, Any] = {name: getattr(now, name) for name in FRESH}
            yield replace(item, **fresh)


def _merged(
    current: Mapping[_Key, _Entry], older: Iterable[Mapping[_Key, _Entry]]
) -> dict[_Key, _Entry]:
    """Return the entries of *current*, and behind them those that only older catalogues have."""
    found = dict(current)
    for each in older:
        found |= {code: entry for code, entry in each.items() if code not in found}
    return found


def _hash(current: Catalogue, older: Mapping[int, Catalogue]) -> str:
    parts = [current.hash, *(f"{stage}:{older[stage].hash}" for stage in sorted(older))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
