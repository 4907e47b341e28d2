"""A screen before the command line, and a database of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.shell import Screen

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name an empty database to every command of the test."""
    file = tmp_path / "abreast.db"
    monkeypatch.setenv("ABREAST_DATABASE", f"sqlite:///{file}")
    return file


@pytest.fixture
def screen(capfd: pytest.CaptureFixture[str]) -> Screen:
    return Screen(capfd)
