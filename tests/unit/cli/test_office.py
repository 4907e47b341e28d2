from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest

from cli.office import PATIENCE, patiently
from cli.terminal import Terminal
from engine.errors import DatabaseBusyError, DatabaseUnreachableError, EngineError, SchemaError
from engine.settings import Settings
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wire import Parts

SPEAKER = Terminal.of("en")


def failing(errors: Iterator[EngineError], then: Callable[[], Parts]) -> Callable[[], Parts]:
    """Return what opens an office once there are no errors left."""

    def open_() -> Parts:
        error = next(errors, None)
        if error is not None:
            raise error
        return then()

    return open_


class TestAProcessThatRunsOnAndOn:
    def test_waits_for_a_database_that_is_coming_back(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        away = [DatabaseUnreachableError(reason="starting up"), DatabaseBusyError(reason="full")]
        there = partial(assemble, Settings(database=f"sqlite:///{tmp_path / 'a.db'}"))
        waited: list[float] = []

        with closing(patiently(failing(iter(away), there), SPEAKER, waited.append)) as parts:
            assert parts.people.all() == ()

        assert len(waited) == len(away)
        assert capsys.readouterr().out.count("starting up") == 1

    def test_does_not_wait_for_ever(self) -> None:
        waited: list[float] = []

        def away() -> Parts:
            raise DatabaseUnreachableError(reason="no route")

        with pytest.raises(DatabaseUnreachableError):
            patiently(away, SPEAKER, waited.append)

        assert sum(waited) == PATIENCE

    def test_does_not_wait_for_what_time_does_not_mend(self) -> None:
        def outdated() -> Parts:
            raise SchemaError(found="0001", wanted="0002")

        with pytest.raises(SchemaError):
            patiently(outdated, SPEAKER, lambda _: pytest.fail("it waited"))
