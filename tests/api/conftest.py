"""An office for each test, on a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.live_office import LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with people and townships, for copying."""
    folder = tmp_path_factory.mktemp("model")
    LiveOffice(folder).close()
    return folder / "test.db"


@pytest.fixture
def office(tmp_path: Path, model: Path) -> Iterator[LiveOffice]:
    """Open an office and close it behind the test."""
    opened = LiveOffice(tmp_path, model=model)
    yield opened
    opened.close()


@pytest.fixture
def filed(office: LiveOffice) -> LiveOffice:
    """Return an office with one filed project of flow 3 in township T1."""
    office.file()
    return office


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Return an office with one filed project, for tests that change nothing."""
    opened = LiveOffice(tmp_path_factory.mktemp("still"), model=model)
    opened.file()
    yield opened
    opened.close()
