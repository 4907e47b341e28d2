from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.errors import BackupError
from engine.store.backup import backup, restore
from engine.timers import Fired, Timers
from engine.verify import verify
from tests.support import office as offices
from tests.support.database import opened
from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.port import Store
    from tests.support.database import Databases
    from tests.support.office import Office


@pytest.fixture
def store(sqlite_databases: Databases) -> Iterator[Store]:
    """PostgreSQL has its own way: docs/operations.md."""
    with opened(sqlite_databases.fresh()) as ready:
        yield ready


def armed(office: Office) -> str:
    """Run a project until it has a timer, and return its code."""
    project = office.filed()
    while not any(run.timers for run in project.runs.values()):
        project = office.pushed_on(project, 1)
    return project.code


class TestRestore:
    def test_brings_back_all_that_was_there(self, office: Office, tmp_path: Path) -> None:
        code = office.pushed_on(office.filed(), 8).code
        file, url = tmp_path / "copy.db", f"sqlite:///{tmp_path}/new/abreast.db"

        backup(str(office.store.engine.url), file)
        restore(url, file)

        with opened(url) as store:
            other = offices.again(office, store)
            assert verify(other.new_uow, office.library).ok
            assert other.handle.history(code) == office.handle.history(code)
        assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.db", "new"]

    def test_lets_timers_fire_once_after_it(self, office: Office, tmp_path: Path) -> None:
        armed(office)
        file, url = tmp_path / "copy.db", f"sqlite:///{tmp_path}/abreast.db"
        backup(str(office.store.engine.url), file)
        office.clock.push(timedelta(days=30))
        Timers(office.new_uow, office.clock, office.handle).fire_due()  # after the copy: lost

        restore(url, file)

        with opened(url) as store:
            other = offices.again(office, store)
            timers = Timers(other.new_uow, other.clock, other.handle)
            assert timers.fire_due().fired > 0
            assert timers.fire_due() == Fired()
            assert verify(other.new_uow, office.library).ok

    def test_spares_a_database_that_holds_events(self, office: Office, tmp_path: Path) -> None:
        url, file = str(office.store.engine.url), tmp_path / "copy.db"
        office.filed()
        backup(url, file)
        code = office.filed().code

        with pytest.raises(BackupError, match="holds_events"):
            restore(url, file)

        assert office.handle.project(code).code == code

    def test_overwrites_it_when_told_so(self, office: Office, tmp_path: Path) -> None:
        url, file = str(office.store.engine.url), tmp_path / "copy.db"
        office.filed()
        backup(url, file)
        before = verify(office.new_uow, office.library).events
        office.filed()
        office.store.engine.dispose()

        restore(url, file, replace=True)

        after = verify(office.new_uow, office.library)
        assert (after.events, after.ok) == (before, True)

    @pytest.mark.parametrize("replace", [True, False])
    def test_takes_no_database_from_under_a_server(
        self, office: Office, tmp_path: Path, *, replace: bool
    ) -> None:
        """What the server acknowledged from then on would go into the file that is put aside."""
        file, url = tmp_path / "copy.db", f"sqlite:///{tmp_path}/abreast.db"
        office.filed()
        backup(str(office.store.engine.url), file)
        if replace:
            restore(url, file)
        with opened(url) as store:  # idle, but for one connection in its pool
            with pytest.raises(BackupError, match="in_use"):
                restore(url, file, replace=replace)

            served = offices.again(office, store) if replace else offices.opened(store)
            code = served.filed(seed=1).code

        with opened(url) as store:
            again = offices.again(office, store)
            assert again.handle.project(code).code == code
            assert verify(again.new_uow, office.library).ok
        assert not list(tmp_path.glob("*.replaced*"))
        assert not list(tmp_path.glob("*.part"))

    @pytest.mark.parametrize("start", [0, 100, 4096])
    def test_takes_the_place_of_a_damaged_database(
        self, office: Office, tmp_path: Path, start: int
    ) -> None:
        url, file = str(office.store.engine.url), tmp_path / "copy.db"
        code = office.filed().code
        backup(url, file)
        office.filed()
        office.store.engine.dispose()
        target = Path(url.removeprefix("sqlite:///"))
        damaged = bytearray(target.read_bytes())
        damaged[start : start + 8192] = b"\xff" * 8192
        target.write_bytes(damaged)

        restore(url, file, replace=True)

        found = verify(office.new_uow, office.library)
        assert (found.ok, found.projects) == (True, 1)
        assert office.handle.project(code).code == code
        assert target.with_name(f"{target.name}.replaced").read_bytes() == bytes(damaged)

    def test_takes_no_damaged_one_for_an_empty_one(self, office: Office, tmp_path: Path) -> None:
        url, file = f"sqlite:///{tmp_path}/abreast.db", tmp_path / "copy.db"
        office.filed()
        backup(str(office.store.engine.url), file)
        (tmp_path / "abreast.db").write_bytes(b"no database at all" * 100)

        with pytest.raises(BackupError):
            restore(url, file)

        assert (tmp_path / "abreast.db").read_bytes() == b"no database at all" * 100

    def test_reads_no_log_of_the_old_file_into_the_new_one(
        self, office: Office, tmp_path: Path
    ) -> None:
        url, file = str(office.store.engine.url), tmp_path / "copy.db"
        office.filed()
        backup(url, file)
        before = verify(office.new_uow, office.library).events
        office.filed()
        target = Path(url.removeprefix("sqlite:///"))
        log = target.with_name(f"{target.name}-wal").read_bytes()  # as a killed process leaves it
        office.store.engine.dispose()
        target.write_bytes(b"no database at all" * 100)
        target.with_name(f"{target.name}-wal").write_bytes(log)

        restore(url, file, replace=True)

        after = verify(office.new_uow, office.library)
        assert (after.events, after.ok) == (before, True)

    def test_leaves_the_old_one_when_it_breaks_off(
        self, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url, file = str(office.store.engine.url), tmp_path / "copy.db"
        office.filed()
        backup(url, file)
        office.filed()
        before = verify(office.new_uow, office.library).events
        office.store.engine.dispose()

        def die(_: Path, _to: Path) -> Path:
            raise OSError("the machine died")

        with monkeypatch.context() as broken:
            broken.setattr(Path, "rename", die)
            with pytest.raises(OSError, match="died"):
                restore(url, file, replace=True)

        assert verify(office.new_uow, office.library).events == before

    @pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
    def test_refuses_what_is_no_copy(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "copy.db"
        file.write_bytes(content)

        with pytest.raises(BackupError):
            restore(f"sqlite:///{tmp_path}/abreast.db", file)

        assert not (tmp_path / "abreast.db").exists()

    def test_refuses_a_copy_that_was_damaged(self, office: Office, tmp_path: Path) -> None:
        file = tmp_path / "copy.db"
        office.filed()
        backup(str(office.store.engine.url), file)
        data = bytearray(file.read_bytes())
        data[4096 * 8 : 4096 * 40] = b"\xff" * (4096 * 32)
        file.write_bytes(data)

        with pytest.raises(BackupError):
            restore(f"sqlite:///{tmp_path}/abreast.db", file)


class TestBackup:
    def test_writes_over_nothing(self, office: Office, tmp_path: Path) -> None:
        file = tmp_path / "copy.db"
        file.write_bytes(b"precious")

        with pytest.raises(BackupError, match="exists"):
            backup(str(office.store.engine.url), file)

        assert file.read_bytes() == b"precious"

    def test_makes_no_database_where_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(BackupError, match="no_file") as caught:
            backup(f"sqlite:///{tmp_path}/mistyped.db", tmp_path / "copy.db")

        assert not list(tmp_path.iterdir())
        told = f"备份或恢复未进行：没有文件 {tmp_path}/mistyped.db"
        assert text(caught.value.code, "zh-CN", **caught.value.params) == told

    def test_is_of_one_instant_while_others_write(self, office: Office, tmp_path: Path) -> None:
        done = threading.Event()

        def write() -> None:
            while not done.is_set():
                office.filed()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(3):
                backup(str(office.store.engine.url), tmp_path / f"{number}.db")
        finally:
            done.set()
            writer.join()

        for number in range(3):
            with opened(f"sqlite:///{tmp_path}/{number}.db") as store:
                found = verify(offices.again(office, store).new_uow, office.library)
                assert not found.violations
                assert not found.differences

    def test_leaves_a_server_to_its_own_means(self, tmp_path: Path) -> None:
        with pytest.raises(BackupError, match="not_embedded"):
            backup("postgresql://localhost/x", tmp_path / "copy")
