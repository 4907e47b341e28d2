"""The SQL of the command path, written by hand: one file a statement, one folder a database."""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent


@cache
def sql(database: str, name: str) -> str:
    """Return the statement *name* for *database* ("sqlite" or "postgres"), without comments."""
    lines = (HERE / database / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
