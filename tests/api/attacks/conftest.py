"""Offices under attack: no demonstration, so that nothing is let in by a header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.browser import Browser, enrol
from tests.support.live_office import LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def real(tmp_path: Path, model: Path) -> Iterator[LiveOffice]:
    """Return an office where owner-a and agent-1 have a password."""
    opened = LiveOffice(tmp_path, demo=False, model=model)
    for person in ("owner-a", "agent-1"):
        enrol(opened, person)
    yield opened
    opened.close()


@pytest.fixture
def victim(real: LiveOffice) -> Browser:
    """Return the browser of owner-a, signed in."""
    browser = Browser(real)
    assert browser.sign_in("owner-a").status_code == 303
    return browser
