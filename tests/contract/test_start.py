"""A database that cannot be served from is refused at the start, with the reason."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from engine.errors import (
    DatabaseReadOnlyError,
    DatabaseUnreachableError,
    UnknownDatabaseError,
    UnsafeDatabaseError,
)
from engine.settings import Settings
from engine.store.opening import open_store, prepare
from tests.support.database import kill_others, opened, with_option

if TYPE_CHECKING:
    from engine.errors import EngineError
    from tests.support.database import Databases


def prepared(url: str) -> None:
    store = open_store(Settings(database=url, busy_seconds=2))
    try:
        prepare(store)
    finally:
        store.engine.dispose()


class TestStart:
    @pytest.mark.parametrize("setting", ["synchronous_commit"])
    def test_refuses_a_server_that_may_lose_a_step(
        self, postgres_databases: Databases, setting: str
    ) -> None:
        url = with_option(postgres_databases.fresh(), f"-c {setting}=off")

        with pytest.raises(UnsafeDatabaseError, match=setting):
            prepared(url)

    def test_refuses_a_file_without_a_write_ahead_log(self) -> None:
        with pytest.raises(UnsafeDatabaseError, match="journal_mode"):
            open_store(Settings(database="sqlite://")).check()

    def test_refuses_an_address_of_another_kind(self) -> None:
        with pytest.raises(UnknownDatabaseError, match="mysql"):
            open_store(Settings(database="mysql://localhost/x"))

    def test_says_that_a_server_cannot_be_reached(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]

            with pytest.raises(DatabaseUnreachableError):
                prepared(f"postgresql://nobody@127.0.0.1:{port}/x")

    def test_says_that_a_server_went_away_while_it_was_looked_at(
        self, postgres_databases: Databases
    ) -> None:
        url = postgres_databases.fresh()
        with opened(url) as store:
            event.listen(store.engine, "checkout", lambda *_: kill_others(url))

            with pytest.raises(DBAPIError) as gone:
                store.check()

        assert gone.value.orig is not None
        assert isinstance(store.fault(gone.value.orig), DatabaseUnreachableError)

    def test_says_that_a_file_cannot_be_opened(self, tmp_path: Path) -> None:
        (tmp_path / "folder.db").mkdir()

        with pytest.raises(DatabaseUnreachableError):
            prepared(f"sqlite:///{tmp_path}/folder.db")

    def test_says_that_the_file_lies_where_nothing_can_be_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "folder.db").mkdir()
        # Nobody can keep root from writing, as whom tests may run.
        monkeypatch.setattr(os, "access", lambda *_: False)

        with pytest.raises(DatabaseReadOnlyError, match="read-only"):
            prepared(f"sqlite:///{tmp_path}/folder.db")

    @pytest.mark.parametrize(
        ("number", "kind"),
        [(errno.EROFS, DatabaseReadOnlyError), (errno.ENOTDIR, DatabaseUnreachableError)],
    )
    def test_says_why_there_can_be_no_folder_for_the_file(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        number: int,
        kind: type[EngineError],
    ) -> None:
        def refused(*_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(Path, "mkdir", refused)

        with pytest.raises(kind, match=os.strerror(number)):
            prepared(f"sqlite:///{tmp_path}/new/a.db")
