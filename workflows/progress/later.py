"""What later decisions made of an item: a longer limit, a result taken back, a flag."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from workflows.progress.values import Extension, Revocation
from workflows.project import FlagKind, item_key

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from workflows.catalogue import values as c
    from workflows.progress.items import View
    from workflows.project import Attempt, Flag, ItemState, Project


def extension(attempt: Attempt | None) -> Extension | None:
    """Return by how much the limit of *attempt* was extended."""
    if attempt is None or attempt.extended is None or attempt.committed is None:
        return None
    return Extension(
        days=attempt.extension,
        unit=attempt.committed.unit,
        source=attempt.extended.source,
        at=attempt.extended.at,
        reason=attempt.extended.reason,
    )


def revocation(state: ItemState) -> Revocation | None:
    """Return the last time that a result of the item was taken back."""
    for attempt in reversed(state.attempts):
        if attempt.revoked is not None:
            return Revocation(
                attempt=attempt.number,
                at=attempt.revoked.at,
                documents=attempt.revoked.documents,
                reason=attempt.revoked.reason,
            )
    return None


def standing_flags(view: View, item: c.Item, state: ItemState) -> tuple[Flag, ...]:
    """Return the flags whose ground still holds, with the documents that are still missed."""
    if not state.touched:
        return ()
    needed = {need.document for need in item.needs if need.hard}
    found = (_standing(view, state, flag, needed) for flag in state.flags)
    return tuple(flag for flag in found if flag is not None)


def _standing(view: View, state: ItemState, flag: Flag, needed: AbstractSet[str]) -> Flag | None:
    match flag.kind:
        case FlagKind.NOT_APPLICABLE:
            return None if state.item in view.applicable else flag
        case FlagKind.REVOKED_DOCUMENT:
            missed = tuple(
                each
                for each in flag.documents
                if each in needed and not _exists(view.project, state.unit, each)
            )
            return replace(flag, documents=missed) if missed else None
        case _:
            assert_never(flag.kind)


def _exists(project: Project, unit: int, kind: str) -> bool:
    """Tell whether a document of *kind* that was not taken back exists for the unit or unit 0."""
    found = (project.documents.get(item_key(each, kind)) for each in (unit, 0))
    return any(document is not None and document.revoked_at is None for document in found)
