"""The two databases of the benches, with every sync on, filled with the people who act."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from bench.live.journeys import AGENT, TOWNSHIP
from engine.library import shipped
from engine.settings import Settings
from engine.store import schema
from engine.store.opening import open_store
from tests.chaos.postgres import Postgres
from wire import assemble
from workflows.facts import SYSTEM
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.verify import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One database that is ready.

    Attributes:
        servers: Process ids of its server; none for SQLite.
        told: What was asked of it about its syncs.
    """

    url: str
    servers: tuple[int, ...]
    told: Mapping[str, str]


@contextmanager
def postgres() -> Iterator[Place]:
    """Provide a server of one's own with its default settings: each commit is synced.

    Its clients reach it by its socket file, as docs/operations.md has it for one machine.
    """
    with Postgres() as server:
        server.create("bench")
        url = server.near("bench")
        with psycopg.connect(url, autocommit=True) as raw:
            parent = _parent(raw.info.backend_pid)
            told = {name: str(_shown(raw, name)) for name in ("fsync", "synchronous_commit")}
        _fill(url)
        yield Place(url=url, servers=(parent,), told=told)


@contextmanager
def sqlite() -> Iterator[Place]:
    """Provide a file in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="abreast-bench-") as folder:
        url = f"sqlite:///{folder}/bench.db"
        _fill(url)
        yield Place(url=url, servers=(), told={"journal_mode": "wal", "synchronous": "full"})


def settings(url: str, connections: int = 16) -> Settings:
    """Return the settings of a process that works on the database."""
    return Settings(database=url, connections=connections, rate=0)


def verified(url: str) -> Verification:
    """Check every chain, and every project against its log.

    Raises:
        RuntimeError: If anything is wrong.
    """
    from engine.verify import verify  # noqa: PLC0415 - what is measured is not loaded by it

    with closing(assemble(settings(url))) as parts:
        found = verify(parts.new_uow, parts.library)
    if not found.ok:
        raise RuntimeError(f"{found.violations[:3]} {found.differences[:3]}")
    return found


def check_once(place: Place, steps: int) -> None:
    """Check that as many steps of projects are recorded as were acknowledged.

    Raises:
        RuntimeError: If one is missing or was done twice.
    """
    engine = open_store(settings(place.url)).engine
    asked = "SELECT count(*) FROM command WHERE substr(stream, 1, 8) = 'project:'"
    with engine.connect() as connection:
        recorded = connection.exec_driver_sql(asked).scalar_one()
    engine.dispose()
    if recorded != steps:
        raise RuntimeError(f"{steps} steps were acknowledged, {recorded} are recorded")


def load() -> str:
    """Say how busy the machine is besides."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _fill(url: str) -> None:
    shipped()  # loaded once, before processes are forked
    store = open_store(settings(url))
    schema.upgrade(store.engine)
    store.engine.dispose()
    with closing(assemble(settings(url))) as parts:
        parts.rosters.execute(TOWNSHIP, JoinRoster(agent=AGENT), SYSTEM, f"join-{AGENT}")


def _parent(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return int(stat.rpartition(")")[2].split()[1])


def _shown(raw: psycopg.Connection, name: str) -> object:
    row = raw.execute("SELECT current_setting(%s)", [name]).fetchone()
    return None if row is None else row[0]
