"""Commands run in this process, and what they said."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from cli.main import run

if TYPE_CHECKING:
    import pytest

CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
EN = {"LANG": "en_GB.UTF-8"}


class Screen:
    """Runs commands and keeps what they said."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        """Listen to both streams, of this process and of its children."""
        self.capfd = capfd
        self.out = self.err = ""

    def run(self, *args: str, environ: dict[str, str] | None = None) -> int:
        """Run a command, keep what it said and return its code."""
        code = run(args, environ or {})
        self.out, self.err = self.capfd.readouterr()
        return code

    def json(self, *args: str) -> Any:
        """Run a command with --json; it must print one object and nothing else."""
        self.run(*args, "--json")
        assert self.out.count("\n") == 1
        return json.loads(self.out)
