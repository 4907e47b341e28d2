"""Writes and reads stored definitions, catalogue editions and nets, by content hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from engine.store.tables import DefinitionRow, HeadRow, ProjectRow
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import Connection

EDITION, NET = "edition", "net"


def stored(connection: Connection, hashes: Collection[str]) -> frozenset[str]:
    """Return those of *hashes* that are stored."""
    query = select(DefinitionRow.hash).where(DefinitionRow.hash.in_(hashes))
    return frozenset(connection.execute(query).scalars())


def content(connection: Connection, hash_: str) -> bytes | None:
    """Return the content stored under *hash_*, or None."""
    query = select(DefinitionRow.content).where(DefinitionRow.hash == hash_)
    return connection.execute(query).scalar_one_or_none()


def put(connection: Connection, rows: Iterable[tuple[str, str, str, bytes]], now: datetime) -> None:
    """Store (hash, kind, name, content) rows that are not stored yet."""
    rows = list(rows)
    known = stored(connection, [hash_ for hash_, *_ in rows])
    for hash_, kind, name, data in rows:
        if hash_ not in known:
            connection.execute(
                insert(DefinitionRow).values(
                    hash=hash_, kind=kind, name=name, content=data, stored_at=now
                )
            )


def numbers(connection: Connection, streams: Collection[str]) -> dict[str, int]:
    """Return the number of the last event of each of *streams* that has one."""
    query = select(HeadRow.stream, HeadRow.number).where(HeadRow.stream.in_(streams))
    return {row.stream: row.number for row in connection.execute(query)}


def running(connection: Connection) -> tuple[str, ...]:
    """Return the codes of the running projects, sorted."""
    query = (
        select(ProjectRow.project)
        .where(ProjectRow.status == ProjectStatus.RUNNING.value)
        .order_by(ProjectRow.project)
    )
    return tuple(connection.execute(query).scalars())


def under(connection: Connection) -> dict[str, int]:
    """Return how many running projects are under each catalogue, by its hash."""
    query = (
        select(ProjectRow.catalogue, func.count())
        .where(ProjectRow.status == ProjectStatus.RUNNING.value)
        .group_by(ProjectRow.catalogue)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
