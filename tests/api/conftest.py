"""An office for each test, on a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.live_office import LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[LiveOffice]:
    """Open an office and close it behind the test."""
    opened = LiveOffice(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def filed(office: LiveOffice) -> LiveOffice:
    """Return an office with one filed project of flow 3 in township T1."""
    office.file()
    return office
