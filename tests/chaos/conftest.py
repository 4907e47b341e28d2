"""What takes seconds to make is made once for all tests here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.grounds import Grounds

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def grounds() -> Iterator[Grounds]:
    with Grounds() as made:
        yield made
