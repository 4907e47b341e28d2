"""Brings the tables to this program's version, and refuses to run on another's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.errors import SchemaError
from engine.store import account_tables, fact_tables, message_tables, work_tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
# Every table there is: each module of tables must have been imported.
METADATA = work_tables.FollowerRow.metadata
_ALSO = (account_tables.AccountRow, fact_tables.ItemPauseRow, message_tables.ReceiptRow)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to *revision*; everything or nothing.

    Raises:
        SchemaError: If they are of a version that this program does not know.
    """
    found = current(engine)
    if found is not None and found not in known():
        raise SchemaError(found=found, wanted=newest())
    with engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to *revision* ("base" = none at all)."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def check(engine: Engine) -> None:
    """Check that the tables are of this program's version.

    Raises:
        SchemaError: If they are older, newer or not there.
    """
    found, wanted = current(engine), newest()
    if found != wanted:
        raise SchemaError(found=found or "-", wanted=wanted)


def current(engine: Engine) -> str | None:
    """Return the revision of the tables; None when there are none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def known() -> frozenset[str]:
    """Return every revision that this program knows."""
    script = ScriptDirectory(str(MIGRATIONS))
    return frozenset(each.revision for each in script.walk_revisions())


def newest() -> str:
    """Return the revision that this program works with."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
