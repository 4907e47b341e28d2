"""Reloads what the database holds after a run, past every proxy and every cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import streams
from engine.store import derived, log
from tests.chaos.evidence import Ledger

if TYPE_CHECKING:
    from wire import Parts
    from workflows.project import Project


def ledgers(parts: Parts) -> dict[str, Ledger]:
    """Return everything of every project, by code."""
    with parts.new_uow() as uow:
        names = tuple(log.streams(uow.connection))
    codes = [
        name.removeprefix(streams.PROJECT) for name in names if name.startswith(streams.PROJECT)
    ]
    return {code: ledger(parts, code) for code in codes}


def ledger(parts: Parts, code: str) -> Ledger:
    """Return everything of one project."""
    stream = streams.of_project(code)
    with parts.new_uow() as uow:
        envelopes = log.envelopes(uow.connection, stream)
        head = log.head(uow.connection, stream)
        stored = derived.stored_rows(uow.connection, code)
    return Ledger(
        code=code,
        envelopes=envelopes,
        head=None if head is None else (head.number, head.hash),
        snapshot=None if head is None else _project(parts, code),
        rows=stored.by_key,
    )


def _project(parts: Parts, code: str) -> Project | None:
    """Return the project as the office shows it; None where what is stored makes none."""
    try:
        return parts.handle.project(code)
    except (ValueError, LookupError):
        return None
