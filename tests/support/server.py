"""The server as a process of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess


def address_of(server: subprocess.Popen[str]) -> str:
    """Return where a server says it is, once it takes requests."""
    assert server.stdout is not None
    for line in server.stdout:
        found = re.search(r"http://[0-9.]+:[0-9]+", line)
        if found is not None:
            return found[0]
    pytest.fail("the server ended before it said where it is")
