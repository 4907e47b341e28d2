"""Every test here runs on each database behind the port."""

from __future__ import annotations

from tests.support.database import any_databases, postgres_databases, sqlite_databases

__all__ = ["any_databases", "postgres_databases", "sqlite_databases"]
