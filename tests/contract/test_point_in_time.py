"""The drill of docs/operations.md: base backup, archive, and back to an instant on a new server."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from engine import heads
from engine.settings import SHORTEST_HEADS_KEY, Settings
from engine.store import schema
from engine.store.opening import open_store
from engine.timers import Fired, Timers
from engine.verify import verify
from tests.chaos.postgres import Postgres, free_port, own
from tests.support import office as offices
from tests.support.database import opened
from tests.support.office import START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.office import Office
    from workflows.project import Project

PATIENCE = 120.0  # seconds that a server may take to archive or to recover
DOWN = timedelta(days=30)
KEY = "k" * SHORTEST_HEADS_KEY


@dataclass
class Recovered(Postgres):
    """A server made of a base backup and the archive, as of an instant."""

    backup: Path = Path()
    archive: Path = Path()
    until: str = ""

    def __enter__(self) -> Self:
        """Unpack the backup, tell the server where to stop, and wait until it takes writes."""
        self._folder = Path(tempfile.mkdtemp(prefix="abreast-pitr-"))
        self._folder.chmod(0o755)
        data = self._folder / "data"
        data.mkdir(mode=0o700)
        for name, place in (("base.tar.gz", data), ("pg_wal.tar.gz", data / "pg_wal")):
            with tarfile.open(self.backup / name) as packed:
                packed.extractall(place, filter="tar")
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"\nrestore_command = 'cp {self.archive}/%f %p'\n"
                f"recovery_target_time = '{self.until}'\n"
                "recovery_target_action = 'promote'\n"
            )
        (data / "recovery.signal").touch()
        own(data)
        self.port = free_port()
        self._control("start")
        wait(lambda: self.order("SELECT pg_is_in_recovery()") == "False")
        return self


@dataclass
class Site:
    """A server that archives its log, with an office on it."""

    folder: Path
    office: Office
    server: Postgres
    backup: Path = field(init=False)

    def __post_init__(self) -> None:
        self.backup = self.folder / "backup"

    def back_up(self) -> None:
        """Take a base backup, as every night."""
        address = f"postgresql://postgres@127.0.0.1:{self.server.port}"
        self.server.run(
            "pg_basebackup",
            *("--dbname", address, f"--pgdata={self.backup}", "--format=tar", "--gzip"),
            *("--wal-method=stream", "--checkpoint=fast"),
        )

    def now(self) -> str:
        """Return the instant to come back to, after what was done and before what will be."""
        told = self.server.order("SELECT clock_timestamp()")
        self.server.order("SELECT pg_sleep(0.01)")
        return told

    def archived(self) -> None:
        """Wait until everything written so far is in the archive."""
        last = self.server.order("SELECT pg_walfile_name(pg_switch_wal())")
        wait((self.folder / "archive" / last).exists)


def wait(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="abreast-site-"))
    folder.chmod(0o755)
    archive = folder / "archive"
    archive.mkdir()
    own(folder)
    settings = {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/%f",
    }
    with Postgres(settings) as server:
        url = server.create("office")
        store = open_store(Settings(database=url))
        schema.upgrade(store.engine)
        store.engine.dispose()
        with opened(url) as ready:
            yield Site(folder, offices.opened(ready), server)
    shutil.rmtree(folder)


def with_timers(office: Office) -> Project:
    """Return a project that has timers."""
    project = office.filed(seed=1)
    while not any(run.timers for run in project.runs.values()):
        project = office.pushed_on(project, 1)
    return project


# Slow with a reason: two servers, a base backup and a recovery.
@pytest.mark.slow
class TestBackToAnInstant:
    def test_brings_back_what_was_then_and_lets_timers_fire_once(self, site: Site) -> None:
        office = site.office
        before = with_timers(office)
        site.back_up()
        then = office.pushed_on(before, 2)  # only the archive has it
        instant = site.now()
        listed = heads.signed(office.new_uow, START, KEY)
        lost = office.pushed_on(then, 3)
        office.clock.push(DOWN)
        fired = Timers(office.new_uow, office.clock, office.handle).fire_due()
        later = heads.signed(office.new_uow, START, KEY)
        site.archived()

        archive = site.folder / "archive"
        with (
            Recovered(backup=site.backup, archive=archive, until=instant) as server,
            opened(server.url("office")) as store,
        ):
            again = offices.again(office, store)
            found = again.handle.project(then.code)
            sound = verify(again.new_uow, again.library)
            timers = Timers(again.new_uow, again.clock, again.handle)
            refired, rest = timers.fire_due(), timers.fire_due()
            sound_after = verify(again.new_uow, again.library)
            kept = list(heads.compare(again.new_uow, listed))
            missing = {each.rule for each in heads.compare(again.new_uow, later)}

        assert lost.number > then.number > before.number
        assert fired.fired > 0
        assert found == then
        assert sound.ok
        assert refired.fired > 0
        assert (refired.dead, rest) == (0, Fired())
        assert sound_after.ok
        assert kept == []
        assert missing & {"cut", "rewritten"}
