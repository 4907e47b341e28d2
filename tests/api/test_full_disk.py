"""An upload for which the file store has no room: told, nothing kept, done once there is."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from engine.files import Files
from tests.support import hostile_files as made
from tests.support.hostile_files import MIB
from tests.support.live_office import CODE
from tests.support.uploads import send, stored
from wire import web

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

    from tests.support.live_office import LiveOffice


class IllFiles(Files):
    """A file store whose disk fails while a file comes in, by the number that is said."""

    ill: int = 0

    def _written(self, draft: BinaryIO, chunks: Iterable[bytes]) -> tuple[str, int]:
        found = super()._written(draft, chunks)
        if self.ill:
            raise OSError(self.ill, "the disk fails")
        return found


class TestADiskThatFails:
    @pytest.mark.parametrize(
        ("number", "status", "code"),
        [
            (errno.ENOSPC, 507, "engine.files_full"),
            (errno.EROFS, 503, "engine.files_unwritable"),
        ],
    )
    def test_is_told_keeps_nothing_and_takes_the_same_key_later(
        self, filed: LiveOffice, tmp_path: Path, number: int, status: int, code: str
    ) -> None:
        files = IllFiles(tmp_path / "ill" / "files", MIB)
        filed.parts = replace(filed.parts, files=files)
        filed.client = web(filed.parts).test_client()
        before = filed.parts.handle.project(CODE).number
        files.ill = number

        refused = send(filed, made.pdf(), key="one")

        assert (refused.status_code, refused.get_json()["code"]) == (status, code)
        assert int(refused.headers["Retry-After"]) > 0
        assert stored(tmp_path / "ill") == []
        assert filed.parts.handle.project(CODE).number == before
        files.ill = 0
        done = send(filed, made.pdf(), key="one")
        assert (done.status_code, done.get_json()["repeated"]) == (201, False)
