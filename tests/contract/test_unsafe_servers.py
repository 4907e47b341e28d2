"""A real PostgreSQL that was started so that it may lose what it has promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.main import main
from engine.errors import UnsafeDatabaseError
from engine.settings import Settings
from engine.store import schema
from engine.store.opening import open_store, prepare
from tests.chaos.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres() as started:
        url = started.create("office")
        store = open_store(Settings(database=url))
        schema.upgrade(store.engine)
        store.engine.dispose()
        yield started


@pytest.fixture(params=SETTINGS)
def unsafe(request: pytest.FixtureRequest, server: Postgres) -> Iterator[str]:
    """Start the server anew with one setting off, and name the setting."""
    setting: str = request.param
    server.options = {setting: "off"}
    server.restart()
    yield setting
    server.options = {}
    server.restart()


class TestAServerThatMayLoseAStep:
    def test_is_refused_by_the_name_of_the_setting(self, server: Postgres, unsafe: str) -> None:
        store = open_store(Settings(database=server.url("office")))

        with pytest.raises(UnsafeDatabaseError, match=unsafe):
            prepare(store)

        store.engine.dispose()

    @pytest.mark.parametrize(
        ("language", "word"), [("zh", "拒绝启动"), ("en", "refusing to start")]
    )
    @pytest.mark.parametrize("command", ["serve", "worker"])
    def test_is_told_to_who_starts_the_office(  # noqa: PLR0913, PLR0917 - fixtures and parameters
        self,
        server: Postgres,
        unsafe: str,
        command: str,
        language: str,
        word: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("ABREAST_DATABASE", server.url("office"))
        monkeypatch.setattr("sys.argv", ["abreast", "--lang", language, command])

        with pytest.raises(SystemExit) as ended:
            main()

        said = capsys.readouterr()
        assert ended.value.code not in (0, None)
        assert word in (said.out + said.err).replace("\n", " ")
        assert unsafe in said.out + said.err

    def test_is_taken_when_it_is_safe_again(self, server: Postgres) -> None:
        store = open_store(Settings(database=server.url("office")))

        prepare(store)

        store.engine.dispose()
