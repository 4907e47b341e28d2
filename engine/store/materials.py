"""Reads from the log which files owners have handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.store.tables import EventRow
from workflows import codec
from workflows.events import MaterialSupplied

if TYPE_CHECKING:
    from sqlalchemy import Connection


def handed_in(connection: Connection) -> frozenset[str]:
    """Return the digest of every file that any log names, in whatever version."""
    named = MaterialSupplied.__name__
    query = select(EventRow.version, EventRow.body).where(EventRow.kind == named)
    bodies = (
        codec.decode(named, version, body.encode()) for version, body in connection.execute(query)
    )
    return frozenset(body.file for body in bodies if isinstance(body, MaterialSupplied))
