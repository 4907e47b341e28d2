"""The process is killed before and after every statement of a command: all of it, or nothing."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, Select, Table, delete, func, insert, select, text

from engine import notes
from engine.settings import Settings
from engine.store.opening import open_store
from engine.store.sqlite import SqliteStore
from engine.store.tables import Base
from simulation.journey import next_order
from tests.crash.sudden_death import Fate, attach
from tests.support import office as offices
from tests.support.database import opened
from workflows import commands as c
from workflows.rows import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.handle import Answer
    from engine.store.port import Raw, Store, Writes
    from simulation.journey import Order
    from tests.support.database import Databases
    from tests.support.office import Office
    from workflows.facts import Actor

Dump = dict[str, list[str]]
LONG_ENOUGH = 60.0  # seconds in which a loaded server notices that its client is dead
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
LONGEST_WAY = 200  # orders before the command that is looked for


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A database just before a command, and the command.

    Attributes:
        url: Of the database.
    """

    databases: Databases
    url: str
    office: Office
    code: str
    command: c.Command
    actor: Actor
    key: str
    texts: tuple[notes.Text, ...] = ()

    @cached_property
    def rows(self) -> dict[Table, list[dict[str, Any]]]:
        """Return what the database held when it was first asked for."""
        return _rows(self.url)

    def execute(self, store: Store) -> Answer:
        """Give the command on *store*, at the very same instant every time."""
        office = offices.again(self.office, store)
        return office.handle.execute(self.code, self.command, self.actor, self.key, self.texts)


@dataclass
class Seen:
    """What came of a command: the answer and the database."""

    answer: Answer
    dump: Dump
    points: list[str] = field(default_factory=list)


class TestACommandWhoseProcessIsKilled:
    @pytest.mark.parametrize(
        "command",
        [
            "step",
            "last_step",
            pytest.param("file", marks=pytest.mark.slow),
            pytest.param("pair", marks=pytest.mark.slow),
            pytest.param("give_up", marks=pytest.mark.slow),
        ],
    )
    def test_is_done_whole_or_not_at_all(self, command: str, any_databases: Databases) -> None:
        _check(SCENES[command](any_databases))

    def test_would_be_seen_half_done(
        self, sqlite_databases: Databases, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = SqliteStore.write

        def too_early(store: SqliteStore, raw: Raw, writes: Writes) -> None:
            write(store, raw, replace(writes, difference=Difference()))
            raw.execute("COMMIT")
            raw.execute("BEGIN IMMEDIATE")
            write(store, raw, replace(writes, envelopes=(), recorded=None, texts=()))

        monkeypatch.setattr(SqliteStore, "write", too_early)

        with pytest.raises(AssertionError, match="half done"):
            _check(SCENES["step"](sqlite_databases))


def _check(scene: Scene) -> None:
    """Let the scene's command die at each of its points, and look at what is left."""
    with _copy(scene) as url:
        before = _dump(url)
    with _copy(scene) as url:
        whole = _carried_out(scene, url)

    assert len(whole.points) >= 10
    fates = []
    for deadly in range(len(whole.points)):
        with _copy(scene) as url:
            _die(scene, url, deadly)
            found = _dump(url)
            point = whole.points[deadly]
            assert found in (before, whole.dump), f"half done {point}"
            fates.append(found == whole.dump)
            again = _carried_out(scene, url)
            assert again.answer.events == whole.answer.events, f"another answer {point}"
            assert again.answer.repeated is fates[-1], point
            assert again.dump == whole.dump, f"another end {point}"
    # First nothing, from one point on everything: what is done stays done.
    assert fates == sorted(fates)
    assert not fates[0]
    assert fates[-1]


def _filing(databases: Databases) -> Scene:
    """File a project: the largest command, with its agent, stages, nets and catalogue."""
    with _office(databases) as (url, office):
        command, name = office.filing()
    key = "the-filing"
    return Scene(
        databases=databases,
        url=url,
        office=office,
        code=command.code,
        command=command,
        actor=offices.OWNER,
        key=key,
        texts=(name,),
    )


def _journey(is_it: Callable[[c.Command], bool]) -> Callable[[Databases], Scene]:
    """Return the scene before the first order of a journey of which *is_it* is true."""

    def scene(databases: Databases) -> Scene:
        with _office(databases) as (url, office):
            order = _brought_to(office, is_it)
        office.clock.push_to(max(order.at, office.clock.now()))
        return Scene(
            databases=databases,
            url=url,
            office=office,
            code=order.project,
            command=order.command,
            actor=order.actor,
            key=order.key,
        )

    return scene


def _brought_to(office: Office, is_it: Callable[[c.Command], bool]) -> Order:
    project, world = office.filed(), office.world()
    for _ in range(LONGEST_WAY):
        order = next_order(project, world)
        assert order is not None
        if is_it(order.command):
            return order
        office.carry_out(project.code, order)
        project = office.handle.project(project.code)
    raise LookupError("the journey has no such order")


def _giving_up(databases: Databases) -> Scene:
    """Withdraw a project in the middle, with a reason in words."""
    reason = notes.write("不再建设")
    with _office(databases) as (url, office):
        project = office.pushed_on(office.filed(), 10)
    return Scene(
        databases=databases,
        url=url,
        office=office,
        code=project.code,
        command=c.WithdrawProject(reason=reason.note),
        actor=offices.OWNER,
        key="the-end",
        texts=(reason,),
    )


SCENES: dict[str, Callable[[Databases], Scene]] = {
    "file": _filing,
    "step": _journey(lambda command: isinstance(command, c.CompleteStep)),
    "last_step": _journey(
        lambda command: isinstance(command, c.CompleteStep) and command.step == "deliver"
    ),
    "pair": _journey(lambda command: isinstance(command, c.StartPair)),
    "give_up": _giving_up,
}


@contextmanager
def _office(databases: Databases) -> Iterator[tuple[str, Office]]:
    url = databases.fresh()
    with opened(url) as store:
        yield url, offices.opened(store)
        _settle(store)


def _settle(store: Store) -> None:
    """Bring everything into the one file that is copied."""
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _copy(scene: Scene) -> Iterator[str]:
    """Provide the scene's database as it was: a copy, or the very one restored."""
    if scene.databases.server is None:
        # In memory where there is such a folder: only processes die here, not the machine.
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            copied = Path(folder) / "copy.db"
            shutil.copyfile(scene.url.removeprefix("sqlite:///"), copied)
            yield f"sqlite:///{copied}"
        return
    _restore(scene)
    yield scene.url


def _restore(scene: Scene) -> None:
    """Make the tables what they were; a copy of a whole database costs the server seconds."""
    rows = scene.rows
    store = open_store(Settings(database=scene.url))
    with store.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            connection.execute(delete(table))
        for table, found in rows.items():
            connection.execute(insert(table), found)
    store.engine.dispose()


def _rows(url: str) -> dict[Table, list[dict[str, Any]]]:
    """Return every row of every table that has some."""
    store = open_store(Settings(database=url))
    with store.engine.connect() as connection:
        found = {
            table: [dict(row) for row in connection.execute(_cells(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }
    store.engine.dispose()
    return {table: rows for table, rows in found.items() if rows}


def _carried_out(scene: Scene, url: str) -> Seen:
    """Give the command in this process and return what came of it."""
    store = _fresh(url)
    fate = Fate()
    attach(store, fate)
    try:
        answer = scene.execute(store)
    finally:
        store.engine.dispose()
    return Seen(answer, _dump(url), fate.points)


def _fresh(url: str) -> Store:
    """Return a store that has asked the server what it asks once, and holds no connection."""
    store = open_store(Settings(database=url))
    with store.engine.connect():
        pass
    store.engine.dispose()
    return store


def _die(scene: Scene, url: str, deadly: int) -> None:
    """Give the command in a process that kills itself at the point *deadly*."""
    child = os.fork()
    if child == 0:
        try:
            store = _fresh(url)
            attach(store, Fate(deadly))
            scene.execute(store)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"nothing killed it at point {deadly}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def _dump(url: str) -> Dump:
    """Return every cell of every table, once the dead process's connections are gone."""
    store = open_store(Settings(database=url))
    try:
        with store.engine.connect() as connection:
            if store.engine.dialect.name == "postgresql":
                _wait_for_peace(connection)
            return {
                name: sorted(str(tuple(row)) for row in connection.execute(_cells(table)))
                for name, table in sorted(Base.metadata.tables.items())
            }
    finally:
        store.engine.dispose()


def _cells(table: Table) -> Select[Any]:
    """Select every column but the one in which the server notes its own transactions."""
    return select(*(column for column in table.c if column.name != "xid"))


def _wait_for_peace(connection: Connection) -> None:
    others = (
        select(func.count())
        .select_from(text("pg_stat_activity"))
        .where(text("datname = current_database() AND pid <> pg_backend_pid()"))
        # The server's own workers come and go; they hold nothing of a dead client's.
        .where(text("backend_type = 'client backend'"))
    )
    until = time.monotonic() + LONG_ENOUGH
    while connection.execute(others).scalar_one():
        assert time.monotonic() < until, "a dead client's connection lives on"
        time.sleep(0.01)
