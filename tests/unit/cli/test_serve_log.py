from __future__ import annotations

import json
import logging
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import structlog

from cli.serve_log import log_plainly

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def written() -> Iterator[StringIO]:
    """Return what a serving process writes to its log."""
    into = StringIO()
    log_plainly(into)
    yield into
    server = logging.getLogger("waitress")
    server.handlers, server.propagate = [], True
    structlog.reset_defaults()


class TestTheLog:
    def test_says_what_the_server_says_in_lines_of_its_own(self, written: StringIO) -> None:
        server = logging.getLogger("waitress")
        server.warning("Task queue depth is %d", 7)
        server.error("Exception while serving %s", "/x", exc_info=ValueError("broken"))

        first, second = (json.loads(line) for line in written.getvalue().splitlines())

        assert (first["event"], first["level"]) == ("server.said", "warning")
        assert first["said"] == "Task queue depth is 7"
        assert "ValueError: broken" in second["exception"]
