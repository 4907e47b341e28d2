"""The catalogue of a running project: its open stages as they were drawn, the rest as adjusted."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.catalogue.values import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.catalogue.values import Item

# What an item's next filing takes from the catalogue in force, though its stage is open.
FRESH = (
    *("name", "committed_limit", "statutory_limit", "materials", "procedures"),
    *("level", "tolerance", "note"),
)
_MAPPINGS = (
    *("departments", "flows", "facts", "documents"),
    *("materials", "procedures", "sources"),
)


def blend(current: Catalogue, pinned: Mapping[int, Catalogue]) -> Catalogue:
    """Return *current* with the items of each stage in *pinned* as its older catalogue has them.

    An open stage keeps which items it has, who decides them, when they apply and what they need,
    for its net is drawn by that. Limits, materials and procedures of what is yet to be filed
    follow *current*. Entries that only the older catalogues know stay known.
    """
    older = {stage: each for stage, each in pinned.items() if each != current}
    if not older:
        return current
    items = {item.code: item for stage in sorted(current.stages) for item in _of(
        current, older, stage
    )}
    merged = {name: _merged(name, current, older) for name in _MAPPINGS}
    return Catalogue(
        hash=_hash(current, older),
        title=current.title,
        note=current.note,
        vocabulary=current.vocabulary,
        stages=current.stages,
        contradictions=current.contradictions,
        items=items,
        **merged,
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
            yield replace(item, **{name: getattr(now, name) for name in FRESH})


def _merged(name: str, current: Catalogue, older: Mapping[int, Catalogue]) -> dict[str, object]:
    found: dict[str, object] = dict(getattr(current, name))
    for stage in sorted(older):
        found = {**getattr(older[stage], name), **found}
    return found


def _hash(current: Catalogue, older: Mapping[int, Catalogue]) -> str:
    parts = [current.hash, *(f"{stage}:{older[stage].hash}" for stage in sorted(older))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


